"""Who may call what, as one table: a route that no row names is refused."""

from dataclasses import dataclass
from typing import Literal

# wall, desk: the session cookie of that screen, or 401. *_page: the same, and where there are no accounts
# (loopback only) the page hands out the cookie. building_page: the desk's, but a browser that only ever was a
# wall is sent to the wall. key: a feed's X-API-Key. open: nothing that is anyone's.
Needs = Literal["open", "wall", "wall_page", "desk", "desk_page", "building_page", "key"]

READ = frozenset({"GET", "HEAD"})
TALK = READ | {"POST"}
SEND = frozenset({"POST"})


@dataclass(frozen=True, slots=True)
class Route:
    """`rule` is one of the server's URL rules, or with a `*` at its end all that begin so."""

    rule: str
    needs: Needs
    methods: frozenset[str]

    def covers(self, rule: str) -> bool:
        return rule.startswith(self.rule[:-1]) if self.rule.endswith("*") else rule == self.rule


# The first row that covers a rule decides.
ROUTES = (
    Route("/", "open", READ),
    Route("/healthz", "open", READ),
    Route("/metrics", "open", READ),
    Route("/favicon.ico", "open", READ),
    Route("/fonts/*", "open", READ),
    Route("/static/*", "open", READ),
    Route("/wall", "wall_page", READ),
    Route("/wall/", "wall_page", READ),
    Route("/wall/*", "wall", TALK),
    Route("/desk", "desk_page", READ),
    Route("/desk/", "desk_page", READ),
    Route("/desk/*", "desk", TALK),
    Route("/building/*", "building_page", READ),
    Route("/ingest/*", "key", SEND),
)


def route_of(rule: str) -> Route | None:
    return next((route for route in ROUTES if route.covers(rule)), None)
