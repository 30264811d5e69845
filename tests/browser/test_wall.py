"""The wall in a real browser: live, drilled by touch, legible on every glass, honest about silence."""

import os
import signal
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

Ready = Callable[[Page, str], None]
Until = Callable[..., Any]

# A building whose roof centre is free of panels and other roofs in the picture of now.
TOUCHABLE = """() => {
  const scene = window.__twin.scene;
  const buildings = scene.layersOf().find((item) => item.meta.id === 'buildings');
  const solid = buildings.subs.find((sub) => sub.part === 'solid');
  const rows = [...solid.props.data].sort((a, b) => b.h - a.h);
  for (const row of rows) {
    const ring = Array.isArray(row.p[0][0]) ? row.p[0] : row.p;
    const middle = [0, 1].map((axis) => ring.reduce((sum, point) => sum + point[axis], 0) / ring.length);
    const [x, y] = scene.project([...middle, row.h]);
    const on = document.elementFromPoint(x, y);
    const hit = on?.closest('#scene') && scene.engine().pickObject({ x, y, radius: 1 });
    if (hit?.object?.id === row.id) return { id: row.id, x, y };
  }
  return null;
}"""

TEXTS = """() => [...document.querySelectorAll('#wall *')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
    && element.getBoundingClientRect().width > 0
  ).map((element) => ({ text: element.textContent, px: parseFloat(getComputedStyle(element).fontSize) }))"""

# Share of the glass under panels, and which of them stand over one another or beyond the glass.
PANELS = """() => {
  const boxes = [...document.querySelectorAll('.head, .foot, .left > *, .right > *, #overview > *')]
    .filter((element) => element.id !== 'overview')
    .map((element) => element.getBoundingClientRect())
    .filter((box) => box.width && box.height);
  const area = (list) => list.reduce((sum, box) => sum + box.width * box.height, 0);
  const all = window.innerWidth * window.innerHeight;
  const meets = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
    && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const over = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => meets(a, b)));
  const out = boxes.filter((b) => b.left < -1 || b.top < -1
    || b.right > window.innerWidth + 1 || b.bottom > window.innerHeight + 1);
  const cut = [...document.querySelectorAll('#sentence, .status')]
    .filter((e) => e.scrollWidth > e.clientWidth + 1).length;
  return { share: area(boxes) / all, overlapping: over.length, outside: out.length, cut };
}"""

REM = "() => Math.abs(parseFloat(getComputedStyle(document.documentElement).fontSize)"

CLOSE_AFTER_BELL = """() => new Promise((done) => {
  window.__twin.stream.on('bell', () => { window.__twin.stream.close(); done(); }); })"""

CANVAS = """() => { const c = window.__twin.scene.canvas();
  return [c.width, c.height, innerWidth * devicePixelRatio, innerHeight * devicePixelRatio]; }"""


def metrics(page: Page) -> dict[str, Any]:
    return page.evaluate("() => window.__twin.scene.metrics()")


@pytest.fixture
def calm(page: Page) -> Page:
    page.emulate_media(reduced_motion="reduce")
    return page


def test_the_wall_lives_asks_nobody_outside_and_complains_of_nothing(
    calm: Page, twin: Any, ready: Ready, until: Until, seen: Any
) -> None:
    ready(calm, f"{twin.url}/wall")
    expect(calm.locator("#demo")).to_be_visible()
    expect(calm.locator("#verdict")).to_have_text("告警引擎尚未启用")
    expect(calm.locator("#sentence")).not_to_contain_text("平稳")
    expect(calm.locator("[data-engine=alarms] .not-yet")).to_be_visible()
    until(calm, "() => window.__twin.scene.metrics().names > 3")
    first = until(calm, "() => window.__twin.scene.metrics().lastFrameSeq")
    until(calm, f"() => window.__twin.scene.metrics().lastFrameSeq > {first}", 30)
    expect(calm.locator('[data-fact="devices.unseen"]')).not_to_have_text("")
    assert seen.hosts == {urlsplit(twin.url).netloc}
    assert seen.errors == []


def test_a_long_touch_opens_a_building_to_its_storeys_and_never_to_a_unit(
    calm: Page, twin: Any, ready: Ready, until: Until
) -> None:
    ready(calm, f"{twin.url}/wall?cam=top")
    spot = until(calm, TOUCHABLE)
    calm.mouse.move(spot["x"], spot["y"])
    calm.mouse.down()
    calm.wait_for_timeout(600)
    calm.mouse.up()
    until(calm, f"() => window.__twin.scene.metrics().opened === '{spot['id']}'")
    assert f"building={spot['id']}" in calm.url
    detail = calm.evaluate(f"async () => (await fetch('/wall/building/{spot['id']}')).json()")
    assert detail["units"] is None
    rows = calm.locator("#storeys button")
    expect(rows).to_have_count(len(detail["storeys"]))

    rows.first.click()
    top = max(storey["ordinal"] for storey in detail["storeys"])
    assert f"storey={top}" in calm.url
    expect(calm.locator("#storeys [aria-current=true]")).to_have_count(1)
    calm.keyboard.press("Escape")
    calm.keyboard.press("Escape")
    until(calm, "() => window.__twin.scene.metrics().opened === null")
    assert "building" not in calm.url
    calm.go_back()
    until(calm, f"() => window.__twin.scene.metrics().opened === '{spot['id']}'")


def test_a_pasted_link_shows_the_same_building_and_layers(
    calm: Page, twin: Any, ready: Ready, until: Until
) -> None:
    ready(calm, f"{twin.url}/wall")
    building = until(calm, TOUCHABLE)["id"]
    ready(calm, f"{twin.url}/wall?building={building}&layers=ground,buildings")
    until(calm, f"() => window.__twin.scene.metrics().opened === '{building}'")
    shown = calm.evaluate(
        "() => window.__twin.scene.layersOf().filter((item) => item.on).map((item) => item.meta.id)"
    )
    assert shown == ["ground", "buildings"]
    expect(calm.locator("#storeys button").first).to_be_visible()


def test_keys_open_the_layers_and_move_the_eye(calm: Page, twin: Any, ready: Ready, until: Until) -> None:
    ready(calm, f"{twin.url}/wall")
    calm.keyboard.press("5")
    until(calm, "() => window.__twin.scene.view().pitch === 0")
    calm.keyboard.press("l")
    expect(calm.locator("#layers button")).to_have_count(
        calm.evaluate("() => window.__twin.scene.layersOf().length")
    )
    calm.locator("#layers button[data-layer=trees]").click()
    assert "trees" not in calm.url.split("layers=")[1]
    expect(calm.locator("#layers button[data-layer=trees]")).to_have_attribute("aria-pressed", "false")


def test_every_glass_holds_the_panels_and_letters_are_large_enough(
    calm: Page, twin: Any, ready: Ready, until: Until
) -> None:
    ready(calm, f"{twin.url}/wall")
    for width, height in ((1366, 768), (1920, 1080), (3840, 2160), (5333, 3000), (7680, 2160)):
        calm.set_viewport_size({"width": width, "height": height})
        rem = max(18.0, min(height, width * 9 / 16) * 51.05 / 2160)
        until(calm, f"{REM} - {rem}) < 1", 60)
        until(calm, f"() => Math.abs(window.__twin.scene.canvas().clientWidth - {width}) < 1", 60)
        panels = calm.evaluate(PANELS)
        print(width, height, panels)
        assert panels["share"] <= 0.35, (width, height, panels)
        assert (panels["overlapping"], panels["outside"], panels["cut"]) == (0, 0, 0), (width, height, panels)
        texts = calm.evaluate(TEXTS)
        small = [one for one in texts if one["px"] < min(37 * rem / 51, 37) - 0.5]
        assert not small, (width, height, small)
        if (width, height) == (3840, 2160):
            assert min(one["px"] for one in texts) >= 37
            assert calm.evaluate("() => parseFloat(getComputedStyle(sentence).fontSize)") >= 100
    until(calm, "() => { const c = window.__twin.scene.canvas(); return c.width === innerWidth; }", 60)
    drawn = calm.evaluate(CANVAS)
    assert drawn[:2] == drawn[2:]


def test_silence_is_said_within_five_seconds_and_the_return_without_a_reload(
    calm: Page, twin: Any, ready: Ready, until: Until
) -> None:
    ready(calm, f"{twin.url}/wall")
    calm.evaluate("() => { window.__mark = 1; }")
    frozen = twin.processes()
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        until(calm, "() => document.body.classList.contains('stale')", 8)
        expect(calm.locator("#watchdog")).to_contain_text("服务器失联")
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    until(calm, "() => !document.body.classList.contains('stale')", 12)
    expect(calm.locator("#watchdog")).to_be_hidden()
    assert calm.evaluate("() => window.__mark") == 1


def test_the_picture_rests_when_nothing_arrives(calm: Page, twin: Any, ready: Ready, until: Until) -> None:
    ready(calm, f"{twin.url}/wall?layers=ground,buildings")
    until(calm, "() => window.__twin.scene.metrics().names > 0")
    # Closed right after a sign of life: what follows ends before the watchdog calls it silence, which draws.
    calm.evaluate(CLOSE_AFTER_BELL)
    seconds = []
    for _ in range(3):
        before = metrics(calm)["frames"]
        calm.wait_for_timeout(1000)
        seconds.append(metrics(calm)["frames"] - before)
        if not seconds[-1]:
            return
    raise AssertionError(f"frames drawn in each second without news: {seconds}")
