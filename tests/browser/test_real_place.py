"""A real file alone makes a place: every building opens into as many storeys as the file says."""

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyproj
import pytest
from playwright.sync_api import Page, expect

FILE = "suzhou-buildings.geojson"
TRIED = 20

# Storeys that the scene really draws.
DRAWN = """() => new Set(window.__twin.scene.engine().props.layers.flat()
  .find((layer) => layer.id === 'opened/slabs').props.data.map((row) => row.storey)).size"""

pytestmark = pytest.mark.inputs


@pytest.fixture(scope="module")
def file() -> Path:
    folder = os.environ.get("TWIN_TEST_INPUTS")
    if not folder or not (Path(folder) / FILE).is_file():
        pytest.skip(f"{FILE} is not here: set TWIN_TEST_INPUTS to the folder that holds it")
    return Path(folder) / FILE


@pytest.fixture(scope="module")
def place(
    file: Path, tmp_path_factory: pytest.TempPathFactory, twin_at: Callable[[Path], Any]
) -> Iterator[Any]:
    it = twin_at(tmp_path_factory.mktemp("suzhou") / "home")
    it.command("init", "--code", "320508001001", "--name", "平江", "--bounds", "120.58,31.29,120.66,31.34")
    it.command("import", "buildings", str(file), "--crs", "wgs84", "--map", "storeys=Floor,height=height")
    it.start()
    yield it
    it.stop()


def _footprints(file: Path) -> list[tuple[tuple[float, float], int]]:
    """Of every row large enough to be a building: its outline's centre and its floors."""
    rows = []
    for feature in json.loads(file.read_text())["features"]:
        if feature["geometry"]["type"] != "Polygon":
            continue
        ring = feature["geometry"]["coordinates"][0][:-1]
        centre = (sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring))
        rows.append((centre, int(feature["properties"]["Floor"])))
    return rows


def _known(page: Page) -> list[tuple[str, tuple[float, float]]]:
    """Of every building the twin draws: its id and its outline's centre in degrees, by PROJ and not by us."""
    scene, rows = page.evaluate(
        """async () => [await (await fetch('/desk/scene')).json(),
          (await (await fetch('/desk/layer/buildings')).json()).layers
            .find((layer) => layer.id === 'buildings/solid').data.map((row) => [row.id, row.p])]"""
    )
    place = scene["community"]
    frame = f"+proj=tmerc +lon_0={place['lon0']} +lat_0={place['lat0']} +ellps=GRS80 +units=m"
    back = pyproj.Transformer.from_crs(frame, "EPSG:4326", always_xy=True)
    found = []
    for building, p in rows:
        ring = p[0] if isinstance(p[0][0], list) else p
        x, y = (sum(corner[axis] for corner in ring) / len(ring) for axis in (0, 1))
        found.append((building, back.transform(x, y)))
    return found


def test_twenty_buildings_of_the_file_open_into_as_many_storeys_as_it_says(
    page: Page, seen: Any, place: Any, file: Path, ready: Callable[..., None], until: Callable[..., Any]
) -> None:
    ready(page, f"{place.url}/desk")
    known = _known(page)
    assert len({building for building, _ in known}) == 3068
    by_centre = {(round(lon, 6), round(lat, 6)): building for building, (lon, lat) in known}
    rows = [(by_centre.get((round(c[0], 6), round(c[1], 6))), floors) for c, floors in _footprints(file)]
    sure = [(building, floors) for building, floors in rows if building]
    assert len(sure) > 2000
    for building, floors in random.Random(7).sample(sure, TRIED):
        page.evaluate("(b) => window.__twin.state.set({ building: b, storey: null, unit: null })", building)
        page.wait_for_url(f"**/building/{building}*")
        until(page, f"() => window.__twin.scene.metrics().opened === {json.dumps(building)}", 60)
        assert page.evaluate(DRAWN) == floors, building
        expect(page.locator(".sheet [role=rowheader]")).to_have_count(floors)
        expect(page.get_by_text("无户室数据").first).to_be_visible()
    assert seen.hosts == {f"127.0.0.1:{place.port}"}
    assert seen.errors == []
