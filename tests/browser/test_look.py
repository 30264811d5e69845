"""The hour's light, the shadows it throws, and names that keep apart, in a real browser."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from twin.deck.sun import sun_position

Ready = Callable[[Page, str], None]
Until = Callable[..., Any]
PLACE = (104.1206, 30.6655)
MOMENTS = [
    datetime(2026, month, 21, hour, tzinfo=UTC) for month in (3, 6, 11, 12) for hour in range(0, 24, 3)
]
PRESETS = ("overview", "south", "west", "north", "top", "river", "block")

SUNS = """async (moments) => {
  const { sunPosition } = await import('/static/twin/sun.js');
  return moments.map(([lon, lat, at]) => sunPosition(lon, lat, at)); }"""
HOURS = """async (heights) => {
  const { hourOf, direction } = await import('/static/twin/light.js');
  return heights.map((elevation_deg) => {
    const hour = hourOf({ azimuth_deg: 230, elevation_deg });
    return { ...hour, toward: direction(hour.key.azimuth_deg, hour.key.elevation_deg) }; }); }"""
SHADOWS = """async ({ rows, sun }) => {
  const { castShadows } = await import('/static/twin/shadow.js');
  return castShadows(rows, sun); }"""

# Names as they are drawn: boxes on the glass that overlap one another or a panel. deck.gl shrinks sizes with
# distance and the page enlarges them by the same share; a name's scale says its size on the glass.
CLASHES = """() => {
  const { scene } = window.__twin;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const names = scene.engine().props.layers.filter((one) => one.id.startsWith('labels/'))
    .flatMap((one) => one.props.data).filter((one) => !one.angle);
  const em = (text) => [...text].reduce((sum, sign) => sum + (sign.codePointAt(0) > 0x2e7f ? 1 : 0.5), 0);
  const boxes = names.map((one) => {
    const px = rem * 0.86 * one.scale;
    const [x, y] = scene.project(one.position).map((at, axis) => at + one.offset[axis] * px / one.size_px);
    const half = em(one.text) * px / 2;
    return { text: one.text, left: x - half, right: x + half, top: y - px / 2, bottom: y + px / 2 };
  });
  const panels = [...document.querySelectorAll('.head, .foot, .left .panel, .right .panel')]
    .map((element) => element.getBoundingClientRect()).filter((box) => box.width && box.height)
    .map(({ left, top, right, bottom }) => ({ text: 'panel', left, top, right, bottom }));
  const meets = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
    && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const clashes = boxes.flatMap((a, i) => [...boxes.slice(i + 1), ...panels].filter((b) => meets(a, b))
    .map((b) => `${a.text} on ${b.text}`));
  return { count: boxes.length, clashes };
}"""
PLACED = """(patch) => new Promise((done) => {
  const { scene, state } = window.__twin;
  const stop = scene.on('rest', () => { stop(); done(); });
  state.set(patch);
  scene.replaceNames();
})"""


@pytest.fixture(scope="module")
def still(browser: Browser, twin: Any, ready: Ready, until: Until) -> Iterator[Page]:
    """One wall for all of these: nothing here changes the twin."""
    page = browser.new_page(viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    ready(page, f"{twin.url}/wall")
    until(page, "() => window.__twin.scene.metrics().names > 3", 60)
    yield page
    page.close()


def test_the_page_knows_the_sun_as_well_as_the_server(still: Page) -> None:
    told = still.evaluate(SUNS, [[*PLACE, at.timestamp() * 1000] for at in MOMENTS])
    for at, sun in zip(MOMENTS, told, strict=True):
        true = sun_position(*PLACE, at)
        assert sun["elevation_deg"] == pytest.approx(true.elevation_deg, abs=0.02)
        assert sun["azimuth_deg"] == pytest.approx(true.azimuth_deg, abs=0.02)


def test_the_ground_darkens_with_the_sun_and_at_night_nothing_throws_a_shadow(still: Page) -> None:
    heights = [60, 30, 15, 6, 2, 0, -3, -6, -9, -40]
    hours = still.evaluate(HOURS, heights)
    for field in ("ground", "lines", "cast"):
        values = [hour[field] for hour in hours]
        assert values == sorted(values, reverse=True), field
    assert [hour["cast"] for hour in hours[:2]] == [1, 1]
    assert {hour["cast"] for height, hour in zip(heights, hours, strict=True) if height < 4} == {0}
    assert all(hour["ground"] > 0 and hour["key"]["intensity"] > 0 for hour in hours)
    strength = [hour["key"]["intensity"] for hour in hours]
    assert max(abs(a - b) for a, b in itertools.pairwise(strength)) < 0.6
    # Light from the south-west travels to the north-east and down.
    east, north, up = hours[0]["toward"]
    assert east > 0 < north and up < 0


def test_a_shadow_lies_away_from_the_sun_and_is_as_long_as_the_sun_is_low(still: Page) -> None:
    house = {"id": "a", "h": 20, "p": [[0, 0], [10, 0], [10, 10], [0, 10]]}
    for azimuth, low in ((180, 45), (90, 45), (225, 30)):
        sun = {"azimuth_deg": azimuth, "elevation_deg": low}
        ring = still.evaluate(SHADOWS, {"rows": [house], "sun": sun})[0]["p"]
        xs, ys = [p[0] for p in ring], [p[1] for p in ring]
        if azimuth == 180:
            assert (max(ys), min(ys), min(xs)) == pytest.approx((30, 0, 0), abs=1e-6)
        if azimuth == 90:
            assert (min(xs), max(xs), max(ys)) == pytest.approx((-20, 10, 10), abs=1e-6)
        if azimuth == 225:
            assert max(xs) > 30 < max(ys)


def test_where_shadows_meet_the_upper_one_is_drawn_first_and_the_lower_one_hidden(still: Page) -> None:
    rows = [
        {"id": f"h{n}", "h": 30, "p": [[12 * n, 0], [12 * n + 8, 0], [12 * n + 8, 8], [12 * n, 8]]}
        for n in range(9)
    ]
    cast = still.evaluate(SHADOWS, {"rows": rows, "sun": {"azimuth_deg": 100, "elevation_deg": 30}})
    sheets = [row["p"][0][2] for row in cast]
    assert sheets == sorted(sheets, reverse=True)
    by_id = {row["id"]: row["p"][0][2] for row in cast}
    assert all(by_id[f"h{n}"] != by_id[f"h{n + 1}"] for n in range(8))
    assert min(sheets) > 0
    assert max(sheets) < 0.4


def test_no_name_covers_another_or_hides_under_a_panel_from_any_camera(still: Page, until: Until) -> None:
    for preset in PRESETS:
        still.evaluate(PLACED, {"cam": preset, "building": None})
        found = still.evaluate(CLASHES)
        assert found["clashes"] == [], preset
        assert found["count"] > 0, preset
    tallest = "() => [...__twin.scene.layersOf().find((item) => item.meta.id === 'buildings').subs"
    tallest += ".find((sub) => sub.part === 'solid').props.data].sort((a, b) => b.h - a.h)[0].id"
    still.evaluate(PLACED, {"building": still.evaluate(tallest), "storey": 3})
    until(still, "() => window.__twin.scene.metrics().opened !== null")
    still.evaluate(PLACED, {"storey": 2})
    assert still.evaluate(CLASHES)["clashes"] == []


def test_a_sign_that_would_cover_another_becomes_a_dot(still: Page) -> None:
    still.evaluate(PLACED, {"layers": ["ground", "buildings", "facilities"]})
    sizes = """() => {
      const layer = __twin.scene.engine().props.layers.find((one) => one.id === 'facilities/icon');
      return layer?.props.data.map((row) => layer.props.getSize(row)); }"""
    drawn: list[float] = []
    for _ in range(100):
        drawn = still.evaluate(sizes) or []
        if any(drawn):
            break
        still.wait_for_timeout(100)
    assert any(drawn)
