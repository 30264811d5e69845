"""One gate before every request: what the table of routes does not allow is refused."""

from collections.abc import Iterable, Mapping
from typing import assert_never
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, g, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from twin.model.clearance import Clearance, Screen
from twin.security.headers import STATIC, content_policy
from twin.security.keys import ApiKeys
from twin.security.refusals import is_loopback
from twin.security.routes import READ, route_of
from twin.security.sessions import LIFE, Sessions
from twin.settings import Settings

COOKIE: Mapping[Screen, str] = {"wall": "__Host-twin-wall", "desk": "__Host-twin-desk"}
# A wall's cookie outlives its session, which renews; a desk's ends with it.
COOKIE_S: Mapping[Screen, int] = {"wall": 365 * 86_400, "desk": int(LIFE["desk"].total_seconds())}
KEY_HEADER = "X-API-Key"
BODY_MAX_BYTES = 1_000_000
# What of a building's link a wall understands; a unit is never opened there.
WALL_KEEPS = ("storey", "layers", "cam", "at", "lang")


class UncoveredRoutes(Exception):
    """The server has routes that no row of the table names."""


class Guard:
    """Stands before `app`. Make it before anything else registers with the app, so that it is asked first."""

    def __init__(self, app: Flask, sessions: Sessions, keys: ApiKeys, settings: Settings) -> None:
        self._app, self._sessions, self._keys = app, sessions, keys
        # Without accounts a page hands out its own session; that is bearable only where nobody else can call.
        self._hands_out = is_loopback(settings.host)
        self._policy = content_policy(())
        self._hashes: list[str] = []
        app.config["MAX_CONTENT_LENGTH"] = BODY_MAX_BYTES
        app.before_request(self._before)
        app.after_request(self._after)

    def allow_scripts(self, hashes: Iterable[str]) -> None:
        """Let these inline scripts run, by their hash (`Dash.csp_hashes()`)."""
        self._hashes += [f"'{word.strip(chr(39))}'" for word in hashes]
        self._policy = content_policy(self._hashes)

    def uncovered(self) -> list[str]:
        rules = {rule.rule for rule in self._app.url_map.iter_rules()}
        return sorted(rule for rule in rules if route_of(rule) is None)

    def refuse_uncovered(self) -> None:
        """Fail at start, not at a click. Raises UncoveredRoutes."""
        if rules := self.uncovered():
            raise UncoveredRoutes(
                f"No row of twin.security.routes names {', '.join(rules)}: nobody could call it. Add a row."
            )

    def _before(self) -> AnyResponse | None:
        if refusal := _foreign():
            return refusal
        if request.url_rule is None:
            return None  # no such route: Flask answers 404, 405 or the slash that is missing
        route = route_of(request.url_rule.rule)
        if route is None:
            return _refuse(404, "no such page", "open /wall or /desk")
        if request.method not in route.methods:
            return _refuse(405, f"{request.method} is not understood here", f"use {_words(route.methods)}")
        match route.needs:
            case "open":
                return None
            case "key":
                return self._by_key()
            case "wall" | "desk" as screen:
                return self._by_session(screen)
            case "wall_page":
                return self._page("wall")
            case "desk_page":
                return self._page("desk")
            case "building_page":
                return self._building_page()
        assert_never(route.needs)

    def _by_key(self) -> AnyResponse | None:
        feed = self._keys.feed_of(request.headers.get(KEY_HEADER))
        if feed is None:
            remedy = f"send the feed's key in the header {KEY_HEADER}; `twin key create FEED` makes one"
            return _refuse(401, "this key is unknown or was revoked", remedy)
        g.feed = feed
        return None

    def _by_session(self, screen: Screen) -> AnyResponse | None:
        clearance = self._clearance(screen)
        if clearance is None:
            return _refuse(401, f"no session of this {screen}", f"open /{screen} to begin one")
        g.clearance = clearance
        return None

    def _page(self, screen: Screen) -> AnyResponse | None:
        clearance = self._clearance(screen)
        if clearance is None:
            if not self._may_hand_out(screen):
                return _refuse(401, f"no session of this {screen}", f"open /{screen} in the browser")
            g.cookie = (screen, self._sessions.open(screen))
            clearance = Clearance(screen)
        g.clearance = clearance
        return None

    def _building_page(self) -> AnyResponse | None:
        if self._clearance("desk") is None and self._clearance("wall") is not None:
            building = str(next(iter((request.view_args or {}).values()), ""))
            kept = {name: request.args[name] for name in WALL_KEEPS if name in request.args}
            return redirect("/wall?" + urlencode({"building": building, **kept}))
        return self._page("desk")

    def _clearance(self, screen: Screen) -> Clearance | None:
        token = request.cookies.get(COOKIE[screen])
        return self._sessions.clearance(token, screen) if token else None

    def _may_hand_out(self, screen: Screen) -> bool:
        # A wall's script may fetch /wall again when its session ended; a desk's session begins with a person
        # who opens the page, never with a script.
        return self._hands_out and (screen == "wall" or _is_navigation())

    def _after(self, response: Response) -> Response:
        response.headers["Content-Security-Policy"] = self._policy
        response.headers.update(STATIC)
        if cookie := g.pop("cookie", None):
            screen, token = cookie
            response.set_cookie(
                COOKIE[screen],
                token,
                max_age=COOKIE_S[screen],
                path="/",
                secure=True,
                httponly=True,
                samesite="Strict",
            )
            response.headers["Cache-Control"] = "no-store"
        return response


def _foreign() -> AnyResponse | None:
    """Refuse another site's pages: by the name they called us, by what the browser says of them."""
    host = _hostname(request.headers.get("Host", ""))
    if not is_loopback(host):
        # A page whose own name was pointed at 127.0.0.1 would otherwise count as this very site.
        return _refuse(421, "this server answers only to 127.0.0.1 and localhost", "use one of these names")
    site = request.headers.get("Sec-Fetch-Site", "none")
    opened = request.method in READ and _is_navigation()
    if site not in ("same-origin", "none") and not opened:
        return _refuse(403, "another site's page may not call this server", "open the page itself")
    origin = request.headers.get("Origin")
    if request.method not in READ and origin and not _is_own(origin):
        return _refuse(403, "another site's page may not send to this server", "send from this server's page")
    return None


def _is_navigation() -> bool:
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return mode == "navigate" and request.headers.get("Sec-Fetch-Dest", "document") == "document"


def _is_own(origin: str) -> bool:
    return origin == f"{request.scheme}://{request.headers.get('Host', '')}"


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _words(methods: frozenset[str]) -> str:
    return " or ".join(sorted(methods))


def _refuse(status: int, error: str, remedy: str) -> Response:
    answer = jsonify({"error": error, "remedy": remedy})
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer
