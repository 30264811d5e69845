"""The watchdog in a real browser: a killed server, another build on its return, a lost graphics context."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
PATIENCE_MS = 60_000
MARK = "() => { window.__mark = 1; }"
FRESH = "() => window.__mark === undefined && window.__twin && window.__twin.ready"
LOSE = """() => { const canvas = window.__twin.scene.canvas();
  canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext(); }"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, twin_at: Callable[[Path], Any]) -> Iterator[Any]:
    """A twin of its own that may be killed."""
    it = twin_at(tmp_path_factory.mktemp("watchdog") / "home")
    it.command("init", "--demo", "--scale", "0.2")
    it.start()
    yield it
    it.stop()


def _another_build(folder: Path) -> Path:
    """A copy of the program that differs in one line of one script: what an upgrade is."""
    for room in ("twin", "layers"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", folder / "app.py")
    with (folder / "twin" / "ui" / "assets" / "clock.js").open("a") as script:
        script.write("// a later build\n")
    return folder


def test_a_killed_server_is_said_and_its_upgrade_reloads_the_page(
    page: Page, own: Any, ready: Callable[..., None], until: Callable[..., Any], tmp_path: Path
) -> None:
    page.emulate_media(reduced_motion="reduce")
    ready(page, f"{own.url}/wall")
    before = own.health()["build"]
    page.evaluate(MARK)
    own.kill()
    until(page, "() => document.body.classList.contains('stale')", 20)
    expect(page.locator("#watchdog")).to_contain_text("服务器失联")
    own.program = _another_build(tmp_path / "later")
    with page.expect_event("load", timeout=PATIENCE_MS):
        own.start()
    assert own.health()["build"] != before
    until(page, FRESH, 60)


def test_a_lost_graphics_context_brings_the_page_back(
    page: Page, twin: Any, ready: Callable[..., None], until: Callable[..., Any]
) -> None:
    page.emulate_media(reduced_motion="reduce")
    ready(page, f"{twin.url}/wall?layers=ground,buildings")
    page.evaluate(MARK)
    with page.expect_event("load", timeout=PATIENCE_MS):
        page.evaluate(LOSE)
    until(page, FRESH, 60)
