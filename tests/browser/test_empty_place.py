"""An empty twin says what is missing; the place appears by itself once a file is in."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

SQUARE = [[0, 0], [0.0002, 0], [0.0002, 0.0002], [0, 0.0002], [0, 0]]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, twin_at: Callable[[Path], Any]) -> Iterator[Any]:
    it = twin_at(tmp_path_factory.mktemp("bare") / "home")
    it.command("init")
    it.start()
    yield it
    it.stop()


def _file(folder: Path) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"{n} 栋", "storeys": n},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[104.1 + x + n / 1000, 30.6 + y] for x, y in SQUARE]],
            },
        }
        for n in (3, 6, 12)
    ]
    path = folder / "three.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_an_empty_twin_says_how_to_fill_it_and_shows_the_place_once_it_is(
    page: Page, bare: Any, seen: Any, until: Callable[..., Any], tmp_path: Path
) -> None:
    for path in ("/desk", "/wall"):
        page.goto(f"{bare.url}{path}")
        expect(page.locator(".no-place")).to_contain_text("twin import buildings")
    until(page, "() => window.__twin.ready")
    with page.expect_event("load", timeout=60_000):
        bare.command(
            "import", "buildings", str(_file(tmp_path)), "--crs", "wgs84", "--map", "storeys=storeys"
        )
    until(page, "() => window.__twin && window.__twin.ready && window.__twin.scene.engine()", 60)
    expect(page.locator(".no-place")).to_have_count(0)
    assert seen.errors == []
