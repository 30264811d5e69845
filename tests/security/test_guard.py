"""The guard: every route against the table, every caller against the route."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from twin.security import COOKIE, KEY_HEADER, ROUTES, ApiKeys, Guard, Sessions, UncoveredRoutes
from twin.security.routes import route_of
from twin.settings import Settings

WALL, DESK = COOKIE["wall"], COOKIE["desk"]
RULES: dict[str, tuple[str, ...]] = {
    "/": ("GET",),
    "/healthz": ("GET",),
    "/metrics": ("GET",),
    "/favicon.ico": ("GET",),
    "/fonts/<name>": ("GET",),
    "/wall": ("GET",),
    "/wall/": ("GET",),
    "/wall/<path:path>": ("GET",),
    "/wall/live/bell": ("GET",),
    "/wall/_dash-update-component": ("POST",),
    "/desk": ("GET",),
    "/desk/": ("GET",),
    "/desk/search": ("GET",),
    "/desk/_dash-update-component": ("POST",),
    "/building/<building_id>": ("GET",),
    "/ingest/observations": ("POST",),
}
# Status for: nobody, a wall, a desk, a feed's key. 302 goes to the wall.
EXPECTED: dict[str, tuple[int, int, int, int]] = {
    "/": (200, 200, 200, 200),
    "/healthz": (200, 200, 200, 200),
    "/metrics": (200, 200, 200, 200),
    "/favicon.ico": (200, 200, 200, 200),
    "/fonts/<name>": (200, 200, 200, 200),
    "/wall": (200, 200, 200, 200),
    "/wall/": (200, 200, 200, 200),
    "/wall/<path:path>": (401, 200, 401, 401),
    "/wall/live/bell": (401, 200, 401, 401),
    "/wall/_dash-update-component": (401, 200, 401, 401),
    "/desk": (200, 200, 200, 200),
    "/desk/": (200, 200, 200, 200),
    "/desk/search": (401, 401, 200, 401),
    "/desk/_dash-update-component": (401, 401, 200, 401),
    "/building/<building_id>": (200, 302, 200, 200),
    "/ingest/observations": (401, 401, 401, 200),
}


class House:
    """A server with one view behind every rule."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.settings = Settings(home=home, **settings)
        self.sessions, self.keys = Sessions(home), ApiKeys(home)
        self.app = Flask(__name__, static_folder=None)
        self.guard = Guard(self.app, self.sessions, self.keys, self.settings)
        for rule, methods in RULES.items():
            self.app.add_url_rule(rule, rule, view, methods=methods)

    def client(self, *, cookie: str | None = None, token: str = "") -> FlaskClient:
        client = self.app.test_client()
        if cookie:
            client.set_cookie(cookie, token, domain="127.0.0.1", secure=True)
        return client


def view(**_: Any) -> dict[str, Any]:
    clearance = g.get("clearance")
    return {"clearance": clearance.key if clearance else None}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def call(client: FlaskClient, rule: str, **headers: str) -> Any:
    path = rule.replace("<building_id>", "b1").replace("<name>", "a.woff2").replace("<path:path>", "x/y")
    return client.open(path, method=RULES[rule][0], headers=headers, base_url="https://127.0.0.1:8050")


@pytest.mark.parametrize("rule", RULES)
def test_every_caller_gets_exactly_what_the_table_says(house: House, rule: str) -> None:
    callers: tuple[Callable[[], FlaskClient], ...] = (
        house.client,
        lambda: house.client(cookie=WALL, token=house.sessions.open("wall")),
        lambda: house.client(cookie=DESK, token=house.sessions.open("desk")),
        house.client,
    )
    key = house.keys.create("demo", "demo", demo=True)
    got = tuple(
        call(make(), rule, **({KEY_HEADER: key} if number == 3 else {})).status_code
        for number, make in enumerate(callers)
    )
    assert got == EXPECTED[rule]


def test_every_row_of_the_table_is_tried_here() -> None:
    tried = {route_of(rule) for rule in RULES}
    assert {route for route in ROUTES if route.rule != "/static/*"} <= tried
    assert all(route_of(rule) is not None for rule in RULES)


def test_a_route_no_row_names_is_refused_at_start_and_to_all(house: House) -> None:
    house.guard.refuse_uncovered()
    house.app.add_url_rule("/secrets", "secrets", view)
    house.app.add_url_rule("/wallpaper", "wallpaper", view)
    with pytest.raises(UncoveredRoutes, match=r"/secrets, /wallpaper"):
        house.guard.refuse_uncovered()
    client = house.client(cookie=DESK, token=house.sessions.open("desk"))
    assert client.get("/secrets").status_code == 404
    assert client.get("/nowhere").status_code == 404


def test_a_page_hands_out_its_own_cookie_and_no_other(house: House) -> None:
    client = house.client()
    for page, cookie, other in (("/wall", WALL, DESK), ("/desk", DESK, WALL)):
        answer = house.client().get(page)
        said = answer.headers.get_all("Set-Cookie")
        assert len(said) == 1 and said[0].startswith(cookie + "=") and other not in said[0]
        for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
            assert word in said[0]
        assert "Domain" not in said[0]
    assert call(client, "/wall").json == {"clearance": "wall"}
    assert "Set-Cookie" not in call(client, "/wall").headers
    assert call(client, "/wall/live/bell").json == {"clearance": "wall"}


def test_a_wall_that_opens_a_building_stays_a_wall(house: House) -> None:
    wall = house.client(cookie=WALL, token=house.sessions.open("wall"))
    answer = wall.get("/building/b 1?storey=3&unit=u7&lang=en", base_url="https://127.0.0.1:8050")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/wall?building=b+1&storey=3&lang=en"
    assert "Set-Cookie" not in answer.headers


def test_a_browser_that_is_both_opens_the_building_on_the_desk(house: House) -> None:
    client = house.client(cookie=WALL, token=house.sessions.open("wall"))
    client.set_cookie(DESK, house.sessions.open("desk"), domain="127.0.0.1", secure=True)
    assert call(client, "/building/<building_id>").json == {"clearance": "desk"}


def test_where_others_can_call_no_page_hands_out_a_session(tmp_path: Path) -> None:
    house = House(tmp_path, host="192.0.2.7")
    for rule in ("/wall", "/desk", "/building/<building_id>"):
        answer = call(house.client(), rule)
        assert answer.status_code == 401 and "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("screen", ["wall", "desk"])
def test_a_replayed_cookie_of_an_ended_session_is_worth_nothing(house: House, screen: Any) -> None:
    token = house.sessions.open(screen)
    client = house.client(cookie=COOKIE[screen], token=token)
    rule = f"/{screen}/_dash-update-component"
    assert call(client, rule).status_code == 200
    house.sessions.revoke(token)
    answer = call(client, rule)
    assert answer.status_code == 401
    assert answer.json["remedy"] == f"open /{screen} to begin one"


def test_a_token_of_one_screen_in_the_cookie_of_the_other_is_refused(house: House) -> None:
    wall = house.sessions.open("wall")
    assert call(house.client(cookie=DESK, token=wall), "/desk/search").status_code == 401


def test_a_revoked_key_is_refused_at_once(house: House) -> None:
    key = house.keys.create("demo", "demo", demo=True)
    assert call(house.client(), "/ingest/observations", **{KEY_HEADER: key}).status_code == 200
    house.keys.revoke("demo")
    answer = call(house.client(), "/ingest/observations", **{KEY_HEADER: key})
    assert answer.status_code == 401 and KEY_HEADER in answer.json["remedy"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8050", 200),
        ("localhost:8050", 200),
        ("[::1]:8050", 200),
        ("localhost:9000", 200),
        ("twin.example", 421),
        ("127.0.0.1.example:8050", 421),
        ("localhost.example", 421),
        ("192.0.2.7:8050", 421),
        ("127.0.0.1:8050@twin.example", 421),
        ("[", 421),
        ("", 421),
    ],
)
def test_only_a_name_of_this_machine_is_answered(house: House, host: str, status: int) -> None:
    answer = house.client().get("/wall", headers={"Host": host})
    assert answer.status_code == status
    assert ("Set-Cookie" in answer.headers) == (status == 200)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "https://127.0.0.1:8050", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://127.0.0.1:3000"}, 403),
        ({"Origin": "https://localhost:8050"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403),
    ],
)
def test_another_sites_page_cannot_send(house: House, headers: dict[str, str], status: int) -> None:
    desk = house.client(cookie=DESK, token=house.sessions.open("desk"))
    assert call(desk, "/desk/_dash-update-component", **headers).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, 200),
    ],
)
def test_another_site_may_link_to_a_page_but_not_embed_it(
    house: House, headers: dict[str, str], status: int
) -> None:
    assert call(house.client(), "/wall", **headers).status_code == status


def test_a_script_can_renew_the_walls_session_but_not_begin_a_desks(house: House) -> None:
    fetch = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    assert call(house.client(), "/wall", **fetch).status_code == 200
    assert call(house.client(), "/desk", **fetch).status_code == 401


@pytest.mark.parametrize("path", ["/wall", "/wall/live/bell", "/nowhere", "/healthz", "/ingest/observations"])
def test_every_answer_carries_the_strict_headers(house: House, path: str) -> None:
    house.guard.allow_scripts(["sha256-abc=", "'sha256-def='"])
    headers = house.client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self' 'sha256-abc=' 'sha256-def=';" in policy
    assert "unsafe-eval" not in policy and "script-src 'self' 'unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_view_that_fails_still_carries_the_headers(house: House) -> None:
    house.app.add_url_rule("/static/fail", "fail", lambda: 1 / 0)
    answer = house.client().get("/static/fail")
    assert answer.status_code == 500 and "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
def test_other_methods_reach_no_view(house: House, method: str) -> None:
    desk = house.client(cookie=DESK, token=house.sessions.open("desk"))
    assert desk.open("/desk/search", method=method).status_code == 405
