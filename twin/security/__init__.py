"""Sessions, keys, the guard before every request, and the audit chain."""

from twin.security.audit import Audit, AuditFault, AuditRow
from twin.security.file import SecurityFileUnusable
from twin.security.guard import COOKIE, KEY_HEADER, Guard, UncoveredRoutes
from twin.security.keys import ApiKeys, Feed
from twin.security.refusals import is_loopback, serve_refusals
from twin.security.routes import ROUTES, Route, route_of
from twin.security.sessions import Sessions

__all__ = [
    "COOKIE",
    "KEY_HEADER",
    "ROUTES",
    "ApiKeys",
    "Audit",
    "AuditFault",
    "AuditRow",
    "Feed",
    "Guard",
    "Route",
    "SecurityFileUnusable",
    "Sessions",
    "UncoveredRoutes",
    "is_loopback",
    "route_of",
    "serve_refusals",
]
