"""The desk in a real browser: from search to a unit and back, by hand and by keyboard, on the live demo."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

SIZES = [(1366, 768), (1920, 1080), (3840, 2160)]
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
Ready = Callable[[Page, str], None]
Until = Callable[..., Any]

TALLEST = """async () => {
  const answer = await (await fetch('/desk/layer/buildings')).json();
  const rows = answer.layers.flatMap((layer) => layer.data ?? []);
  const ids = new Set(rows.map((row) => row.id).filter(Boolean));
  const all = await Promise.all([...ids].map(async (id) => (await fetch(`/desk/building/${id}`)).json()));
  const known = all.filter((one) => one.building);
  known.sort((a, b) => (b.units?.length ?? 0) - (a.units?.length ?? 0));
  const { building, storeys, units } = known[0];
  return { building, storeys, units };
}"""

BOXES = """() => [...document.querySelectorAll('.sheet [role=rowheader], .sheet .cell[data-go]')]
  .map((one) => one.getBoundingClientRect())
  .map((box) => [box.left, box.top, box.right, box.bottom, box.width, box.height])"""
SCROLLED = """() => { const page = document.documentElement;
  return [page.scrollWidth - innerWidth, page.scrollHeight - innerHeight]; }"""


@pytest.fixture(scope="session")
def tower(browser: Any, browser_context_args: dict[str, Any], twin: Any, ready: Ready) -> dict[str, Any]:
    """The demo's building with the most units, as the desk's own door tells it."""
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    ready(page, f"{twin.url}/desk?layers=ground")
    found = page.evaluate(TALLEST)
    context.close()
    return found


def where(page: Page) -> str:
    return page.evaluate("() => location.pathname + location.search")


def test_from_the_desk_by_search_to_a_building_a_unit_and_back(
    page: Page, twin: Any, ready: Ready, until: Until, seen: Any, tower: dict[str, Any]
) -> None:
    building, unit = tower["building"], tower["units"][-1]
    ready(page, f"{twin.url}/desk")

    page.keyboard.press("/")
    page.keyboard.type(building["address"])
    expect(page.locator("#search-hits [aria-selected=true]")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/building/{building['id']}")
    expect(page.locator(".building-head h1")).to_contain_text(building["name"])
    expect(page.locator(".sheet [role=rowheader]")).to_have_count(len(tower["storeys"]))
    expect(page.locator(".sheet .cell[data-go]")).to_have_count(len(tower["units"]))
    until(page, f"() => window.__twin.scene.metrics().opened === '{building['id']}'")

    cell = page.locator(f'.sheet .cell[data-go*=\'"unit":"{unit["id"]}"\']')
    cell.click()
    expect(page.locator(".panel.unit h2")).to_contain_text(unit["room"])
    expect(page.locator(".sheet .cell.chosen")).to_have_text(unit["room"])
    opened = where(page)
    assert f"unit={unit['id']}" in opened

    page.reload()
    expect(page.locator(".panel.unit h2")).to_contain_text(unit["room"])
    assert where(page) == opened

    page.go_back()
    expect(page.locator(".panel.unit")).to_have_count(0)
    expect(page.locator(".building-head h1")).to_contain_text(building["name"])
    page.go_back()
    expect(page.locator(".facts").first).to_be_visible()
    assert where(page) == "/desk"
    assert seen.hosts == {f"127.0.0.1:{twin.port}"}
    assert seen.errors == []


def test_esc_goes_up_one_level_at_a_time(page: Page, twin: Any, ready: Ready, tower: dict[str, Any]) -> None:
    building, unit = tower["building"]["id"], tower["units"][0]
    ready(page, f"{twin.url}/building/{building}?storey={unit['storey_ordinal']}&unit={unit['id']}")
    for left in (f"/building/{building}?storey={unit['storey_ordinal']}", f"/building/{building}", "/desk"):
        page.keyboard.press("Escape")
        page.wait_for_url(f"{twin.url}{left}")
    expect(page.locator(".facts").first).to_be_visible()


def test_arrows_walk_the_sheet_and_enter_opens_the_unit(
    page: Page, twin: Any, ready: Ready, tower: dict[str, Any]
) -> None:
    building = tower["building"]["id"]
    ready(page, f"{twin.url}/building/{building}?storey=5&layers=ground")
    page.locator(".sheet [role=rowheader][tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(".panel.unit")).to_be_visible()
    assert "storey=6" in where(page)


def test_a_row_of_the_lists_leads_to_its_place_in_one_action(
    page: Page, twin: Any, ready: Ready, until: Until
) -> None:
    ready(page, f"{twin.url}/desk?layers=ground,devices")
    row = page.locator("#desk-right button.row").first
    expect(row).to_be_visible(timeout=30_000)
    row.click()
    expect(page.locator(".building-head h1")).to_be_visible()
    assert where(page).startswith("/building/")
    expect(page.locator("#desk-right [aria-current=true]")).to_have_count(1)


def test_a_list_that_is_drawn_anew_keeps_the_focus_where_it_was(
    page: Page, twin: Any, ready: Ready, until: Until
) -> None:
    ready(page, f"{twin.url}/desk?layers=ground,devices")
    row = page.locator("#desk-right button.row").first
    expect(row).to_be_visible(timeout=30_000)
    row.focus()
    link = row.get_attribute("data-go")
    page.evaluate("() => { window.before = document.activeElement; }")
    until(page, "() => !window.before.isConnected", 30)
    assert page.evaluate("() => document.activeElement.getAttribute('data-go')") == link


def test_the_live_state_shows_a_measured_delay_and_figures_are_filled(
    page: Page, twin: Any, ready: Ready, until: Until
) -> None:
    ready(page, f"{twin.url}/desk?layers=ground,devices")
    expect(page.locator("#live.live")).to_contain_text("延迟", timeout=30_000)
    until(page, "() => [...document.querySelectorAll('[data-fact]')].every((one) => one.textContent !== '')")
    assert page.locator("text=尚未启用").count() >= 2


def test_a_layer_is_switched_by_its_toggle_and_stays_so_in_the_link(
    page: Page, twin: Any, ready: Ready
) -> None:
    ready(page, f"{twin.url}/desk")
    trees = page.locator("[data-layer=trees]")
    expect(trees).to_have_attribute("aria-pressed", "true")
    trees.click()
    expect(trees).to_have_attribute("aria-pressed", "false")
    assert "layers=" in where(page) and "trees" not in where(page)
    page.reload()
    expect(page.locator("[data-layer=trees]")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/building/nowhere", "没有编号为“nowhere”的楼"),
        ("/desk?layers=ground,bulidings", "改用“buildings”"),
        ("/desk?at=2020-01-01T00:00:00Z", "回放"),
    ],
)
def test_a_link_that_is_not_as_usual_says_so(page: Page, twin: Any, path: str, said: str) -> None:
    page.goto(f"{twin.url}{path}")
    expect(page.locator("#page")).to_contain_text(said)


def test_english_is_one_action_away_and_stays_in_the_link(page: Page, twin: Any, ready: Ready) -> None:
    ready(page, f"{twin.url}/desk?layers=ground")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator("#desk-right")).to_contain_text("Open tickets")
    expect(page.locator("#search input")).to_have_attribute("aria-label", re.compile("^Search"))
    expect(page.locator("#layers h2")).to_have_text("Layers")
    assert "lang=en" in where(page)
    assert page.evaluate("() => document.documentElement.lang") == "en"


def test_no_storey_is_cut_and_nothing_overflows_at_any_size(
    page: Page, twin: Any, ready: Ready, until: Until, tower: dict[str, Any]
) -> None:
    ready(page, f"{twin.url}/building/{tower['building']['id']}?storey=3&layers=ground")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        until(page, f"() => innerWidth === {width} && innerHeight === {height}")
        boxes = page.evaluate(BOXES)
        assert len(boxes) == len(tower["storeys"]) + len(tower["units"])
        room = page.locator("#left").bounding_box()
        assert room is not None
        for left, top, right, bottom, *_ in boxes:
            assert left >= room["x"] - 1 and right <= room["x"] + room["width"] + 1
            assert top >= room["y"] - 1 and bottom <= room["y"] + room["height"] + 1
        squares = [(wide, high) for *_, wide, high in boxes if abs(wide - high) < 0.6]
        assert len(squares) >= len(tower["units"])
        assert max(page.evaluate(SCROLLED)) <= 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing_on_desk_and_building(
    page: Page, twin: Any, ready: Ready, tower: dict[str, Any], lang: str
) -> None:
    unit = tower["units"][0]
    ready(page, f"{twin.url}/desk?lang={lang}&layers=ground")
    for patch in (
        {},
        {"building": tower["building"]["id"], "storey": unit["storey_ordinal"]},
        {"unit": unit["id"]},
    ):
        page.evaluate("(patch) => window.__twin.state.set(patch)", patch)
        if patch:
            expect(page.locator(".panel.unit" if "unit" in patch else ".storey-units")).to_be_visible()
        found = Axe().run(page, options=WCAG).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:160], len(one["nodes"])) for one in found] == []
