"""What the server writes down: JSON lines without queries, headers or bodies, and meters per route."""

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request
from structlog.typing import Processor

from twin.live import Meters

SLOW_S = 1.0

log = structlog.get_logger("twin.http")


def log_as_json() -> None:
    """One JSON object a line on standard error, for our own words and those of the libraries."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # Werkzeug writes whole addresses, queries included; a search may hold a name.
    for chatty in ("werkzeug", "fontTools"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def measure(app: Flask, meters: Meters) -> None:
    """Count and time every answer by its rule, never by its address."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        route = str(request.url_rule) if request.url_rule else "unknown"
        meters.requests.labels(route, str(response.status_code)).inc()
        if response.mimetype != "text/event-stream" and (began := g.get("began")):
            took_s = time.perf_counter() - began
            meters.answer_s.labels(route).observe(took_s)
            if took_s > SLOW_S:
                log.warning("slow answer", route=route, took_s=round(took_s, 3))
        return response
