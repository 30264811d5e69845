"""The desk's past: replay from a link shows one instant, unmistakably; the snapshot button gives a file."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page, expect

from twin.snapshot.verifying import verify

Ready = Callable[[Page, str], None]
Until = Callable[..., Any]
DRAWN = """() => Object.fromEntries(window.__twin.scene.layersOf().filter((item) => item.on && item.frame)
  .map((item) => [item.meta.id, [item.frame.n, item.frame.at, [...item.frame.columns.state].join('')]]))"""


def test_an_instant_of_the_past_draws_the_same_points_each_time(
    page: Page, twin: Any, ready: Ready, until: Until
) -> None:
    until(page, "() => true")
    page.goto(f"{twin.url}/desk?layers=ground,devices,volunteers")
    until(page, f"async () => ({DRAWN})().devices?.[0] > 0", 60)
    at = datetime.now(UTC).isoformat()
    link = f"{twin.url}/desk?layers=ground,devices,volunteers&at={quote(at)}"
    seen = []
    for _ in range(2):
        ready(page, link)
        expect(page.locator(".replay-border")).to_be_visible()
        until(page, f"() => Object.keys(({DRAWN})()).length === 2", 60)
        seen.append(page.evaluate(DRAWN))
    assert seen[0] == seen[1]
    assert seen[0]["devices"][0] > 0
    assert datetime.fromisoformat(seen[0]["devices"][1]) == datetime.fromisoformat(at)


def test_the_snapshot_button_hands_over_a_file_that_verifies(
    page: Page, twin: Any, ready: Ready, tmp_path: Path
) -> None:
    ready(page, f"{twin.url}/desk?layers=ground")
    button = page.locator("[data-snapshot]")
    with page.expect_download(timeout=180_000) as handed:
        button.click()
        expect(button).to_have_attribute("aria-busy", "true")
    target = tmp_path / handed.value.suggested_filename
    handed.value.save_as(target)
    assert verify(target).ok
    expect(button).to_have_attribute("aria-busy", "false")
