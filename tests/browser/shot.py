"""`make shot`: the README's pictures from the living demo; `shot.py FOLDER`: every page on every glass."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from conftest import GL, ROOT, Twin, free_port
from playwright.sync_api import Browser, sync_playwright

IMAGES = ROOT / "docs" / "images"
READY = """() => new Promise((done, fail) => {
  const began = performance.now();
  const stands = () => window.__twin?.ready && window.__twin.scene.metrics().lastFrameSeq > 0;
  const late = () => performance.now() - began > 120000;
  const look = () => stands() ? setTimeout(done, 8000)
    : late() ? fail(new Error('the scene did not stand in 120 s')) : setTimeout(look, 100);
  look(); })"""
GLASSES = ((1366, 768), (1920, 1080), (3840, 2160), (7680, 2160))


def shoot(browser: Browser, url: str, size: tuple[int, int], target: Path) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(url)
    page.evaluate(READY)
    page.screenshot(path=target, timeout=120_000)
    page.close()
    print(target)


def pictures(folder: Path | None, tallest: str) -> list[tuple[str, tuple[int, int], Path]]:
    opened = f"/building/{tallest}?storey=11"
    if folder is None:
        return [
            ("/wall", (1920, 1080), IMAGES / "wall.png"),
            (opened, (1920, 1080), IMAGES / "building.png"),
        ]
    pages = {
        "wall": "/wall",
        "opened": f"/wall?building={tallest}&storey=11",
        "desk": "/desk",
        "building": opened,
    }
    return [
        (path, size, folder / f"{name}-{size[0]}x{size[1]}.png")
        for name, path in pages.items()
        for size in GLASSES
    ]


def main(folder: Path | None) -> None:
    with tempfile.TemporaryDirectory() as home:
        twin = Twin(Path(home) / "home", free_port())
        twin.command("init", "--demo")
        twin.start()
        key = twin.command("key", "create", "demo", "--title", "模拟数据源", "--demo").split()[-1]
        words = [sys.executable, "-m", "twin.cli", "simulate", "--address", twin.url]
        simulator = subprocess.Popen(
            words, cwd=ROOT, env={**os.environ, **twin.environment, "TWIN_API_KEY": key}
        )
        try:
            with sync_playwright() as play:
                browser = play.chromium.launch(
                    executable_path="/usr/bin/chromium", args=["--no-sandbox", *GL]
                )
                for path, size, target in pictures(folder, "b001"):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shoot(browser, twin.url + path, size, target)
                browser.close()
        finally:
            simulator.terminate()
            simulator.wait(20)
            twin.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
