"""The server as a page meets it: what is where, for whom, packed how, and what a wrong address gets."""

import gzip
from typing import Any

import brotli
import pytest


@pytest.mark.parametrize("screen", ["wall", "desk"])
def test_a_scene_names_place_layers_and_sun(guest: Any, screen: str) -> None:
    scene = guest.get(f"/{screen}/scene").json
    assert scene["community"]["name"] == "永宁社区"
    assert scene["community"]["demo"] is True
    assert scene["community"]["bounds_m"] == [0.0, 0.0, 100.0, 12.0]
    assert {"azimuth_deg", "elevation_deg"} <= set(scene["sun"])
    by_id = {layer["id"]: layer for layer in scene["layers"]}
    assert by_id["buildings"]["rows"] == 2
    assert by_id["devices"]["rows"] == (2 if screen == "desk" else 1)
    for layer in scene["layers"]:
        assert set(layer["title"]) == {"zh", "en"}
        assert layer["provenance"]["licence"]


@pytest.mark.parametrize("screen", ["wall", "desk"])
def test_every_layer_of_the_scene_can_be_fetched(guest: Any, screen: str) -> None:
    for layer in guest.get(f"/{screen}/scene").json["layers"]:
        answer = guest.get(f"/{screen}/layer/{layer['id']}?v={layer['version']}")
        assert answer.status_code == 200, layer["id"]
        assert answer.json["id"] == layer["id"]
        for part in answer.json["layers"]:
            assert part["id"].startswith(f"{layer['id']}/")
        if layer["live"]:
            assert guest.get(f"/{screen}/live/frame/{layer['id']}").data[:4] == b"TWF1"
            assert "ids" in guest.get(f"/{screen}/live/roster/{layer['id']}").json


def test_what_did_not_change_is_answered_304(guest: Any) -> None:
    for path in ("/wall/layer/buildings", "/wall/live/frame/devices", "/wall/live/roster/devices"):
        first = guest.get(path)
        again = guest.get(path, **{"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        assert "no-cache" in first.headers["Cache-Control"], path


def test_a_layer_goes_out_compressed_and_says_the_same(guest: Any) -> None:
    plain = guest.get("/wall/layer/buildings")
    zipped = guest.get("/wall/layer/buildings", **{"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert len(zipped.data) < len(plain.data) / 2


def test_one_viewer_more_than_there_are_threads_for_is_told_so(guest: Any) -> None:
    streams = [
        guest.client.get("/wall/live/bell", base_url="https://127.0.0.1:8050", buffered=False)
        for _ in range(3)
    ]
    refused = guest.get("/wall/live/bell")
    assert refused.status_code == 503
    assert "viewers_max" in refused.json["remedy"]
    assert refused.headers["Retry-After"] == "10"
    streams[0].close()
    again = guest.client.get("/wall/live/bell", base_url="https://127.0.0.1:8050", buffered=False)
    assert again.status_code == 200
    for stream in (*streams, again):
        stream.close()


def test_a_wrong_address_gets_a_sentence(guest: Any) -> None:
    for path, status, words in (
        ("/wall/layer/buildigs", 404, "buildings"),
        ("/desk/live/frame/device", 404, "devices"),
        ("/desk/live/frame/buildings", 404, "not live"),
        ("/desk/building/b99", 404, "Did you mean"),
        ("/desk/open/b99", 404, "Did you mean"),
        ("/desk/building/b1?at=yesterday", 400, "offset"),
        ("/desk/open/b1?storey=third", 400, "ordinal"),
        ("/wall/search?q=x", 404, "not found"),
        ("/wall/no-such-page", 404, "not found"),
        ("/desk/no/such/page", 404, "not found"),
        ("/no-such-page", 404, "not found"),
    ):
        answer = guest.get(path)
        assert answer.status_code == status, path
        assert words in answer.json["error"], path
        assert answer.json["remedy"], path


def test_a_person_who_mistypes_gets_a_page_with_a_way_back(guest: Any) -> None:
    answer = guest.get("/wal", Accept="text/html")
    assert answer.status_code == 404
    assert 'href="/wall"' in answer.text


def test_search_answers_at_the_desk(guest: Any) -> None:
    hits = guest.get("/desk/search?q=三栋&limit=3").json["hits"]
    assert hits[0]["building_id"] == "b1"
    assert len(hits) <= 3


def test_pages_of_every_kind_are_served_with_their_app(guest: Any) -> None:
    assert 'data-screen="wall"' in guest.get("/wall").text
    assert 'data-screen="desk"' in guest.get("/desk").text
    assert 'data-screen="desk"' in guest.get("/building/b1").text
    assert guest.get("/").status_code == 302


def test_deck_gl_comes_from_the_installed_package_compressed_and_without_its_map(guest: Any) -> None:
    answer = guest.get("/static/deck.js?v=1", **{"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"]
    plain = gzip.decompress(answer.data)
    assert len(answer.data) < 1_400_000
    assert b"sourceMappingURL" not in plain[-200:]
    assert guest.get("/static/deck.js").headers["Cache-Control"] == "no-cache"
    assert guest.get("/static/deck.js.map").status_code == 404
    again = guest.get("/static/deck.js", **{"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_our_modules_are_served_and_nothing_beside_them(guest: Any) -> None:
    answer = guest.get("/static/twin/stream.js")
    assert answer.mimetype == "text/javascript"
    for path in (
        "/static/twin/../server.py",
        "/static/twin/..%2fserver.py",
        "/static/twin/x.py",
        "/fonts/x.ttf",
    ):
        assert guest.get(path).status_code == 404, path


def test_dash_s_own_bundles_go_out_compressed(guest: Any) -> None:
    page = guest.get("/wall").text
    suites = [part.split('"')[0] for part in page.split('src="')[1:] if "_dash-component-suites" in part]
    assert suites
    for suite in suites:
        answer = guest.get(suite, **{"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip", suite
        assert gzip.decompress(answer.data) == guest.get(suite).data


def test_metrics_count_answers_by_rule_and_never_by_address(guest: Any) -> None:
    guest.get("/desk/search?q=canary-name")
    text = guest.get("/metrics").text
    assert 'twin_requests_total{route="/desk/search",status="200"}' in text
    assert "canary-name" not in text
    for name in ("twin_viewers", "twin_commits", "twin_frames_encoded", "twin_engine_commits"):
        assert name in text


def test_a_browser_that_takes_brotli_gets_brotli_and_the_same_words(guest: Any) -> None:
    for path in ("/static/deck.js", "/wall/layer/buildings", "/static/twin/stream.js"):
        answer = guest.get(path, **{"Accept-Encoding": "gzip, deflate, br"})
        assert answer.headers["Content-Encoding"] == "br", path
        assert brotli.decompress(answer.data) == guest.get(path).data, path


def test_an_opened_building_has_a_slab_for_each_storey_and_plans_for_the_desk_alone(guest: Any) -> None:
    for screen, cells in (("desk", 2), ("wall", 0)):
        answer = guest.get(f"/{screen}/open/b1?storey=2").json
        parts = {part["id"]: part["data"] for part in answer["layers"]}
        assert {row["storey"] for row in parts["opened/slabs"]} == set(range(6)), screen
        assert len(parts["opened/units"]) == cells, screen
    by_unit = guest.get("/desk/open/b1?unit=u302").json
    assert by_unit["storey"] == 2
