"""`make shot`: the README's pictures from the living demo; `shot.py FOLDER [WORD]`: each page on each glass.

With a word only the pictures that have it in their name. A folder also gets the wall's scene at noon, dusk
and night from four cameras. Their light is that hour's; clock and facts are those of the moment.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from conftest import GL, ROOT, Twin, free_port
from playwright.sync_api import Browser, Page, sync_playwright

from twin.deck.sun import sun_position

IMAGES = ROOT / "docs" / "images"
PLACE = (104.1206, 30.6655)
LOAD_PX = (960, 540)
STANDS = """() => Boolean(window.__twin?.ready && __twin.scene.metrics().names > 0
  && __twin.scene.layersOf().every((item) => !item.on || item.version !== null)
  && __twin.scene.layersOf().every((item) => !item.on || !item.meta.live || item.frame))"""
STANDS_WITHIN_S = 180
BREATH_MS = 2_500
COMMITS = 20
# Sets camera and hour once the picture has the window's size, waits for the eye to rest, then for two frames.
TAKE = """async ({ cam, at }) => {
  const { scene, state } = window.__twin;
  const next = () => new Promise((go) => setTimeout(go, 100));
  // A panel's share of the glass may be half a pixel.
  while (Math.abs(scene.engine().width - scene.engine().props.parent.clientWidth) >= 1) await next();
  await new Promise((done) => {
  const stopRest = scene.on('rest', () => {
    stopRest();
    const last = scene.metrics().frames + 2;
    const stop = scene.on('drawn', () => {
      if (scene.metrics().frames < last) return scene.engine().redraw('shot');
      stop();
      done();
    });
    scene.engine().redraw('shot');
  });
  if (at) scene.lightAt(Date.parse(at));
  if (cam) state.set({ cam });
  scene.replaceNames();
  });
}"""
GLASSES = ((1366, 768), (1920, 1080), (3840, 2160), (7680, 2160))
WALL = (3840, 2160)
CAMERAS = ("overview", "south", "river", "block")


@dataclass(frozen=True, slots=True)
class Shot:
    """A page, the glass it is drawn on, and for an hour's picture the camera and the instant of its light."""

    path: str
    size: tuple[int, int]
    target: Path
    cam: str | None = None
    at: datetime | None = None


def hours(day: datetime) -> dict[str, datetime]:
    """The highest sun of the day, the sun just above the horizon, and deep night."""
    minutes = [day + timedelta(minutes=minute) for minute in range(24 * 60)]
    height = {at: sun_position(*PLACE, at).elevation_deg for at in minutes}
    noon = max(minutes, key=height.__getitem__)
    dusk = max(at for at in minutes if at > noon and height[at] >= 3.0)
    return {"noon": noon, "dusk": dusk, "night": min(minutes, key=height.__getitem__)}


def shots(folder: Path | None, tallest: str, word: str) -> list[Shot]:
    opened = f"/building/{tallest}?storey=11"
    # The day of the place begins at 16:00 UTC.
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=8)
    light = hours(day)
    if folder is None:
        return [
            Shot("/wall", (1920, 1080), IMAGES / "wall.png", at=light["noon"]),
            Shot(opened, (1920, 1080), IMAGES / "building.png", at=light["noon"]),
        ]
    pages = {
        "wall": "/wall",
        "opened": f"/wall?building={tallest}&storey=11",
        "signs": "/wall?layers=ground,buildings,trees,general_grids,facilities",
        "desk": "/desk",
        "building": opened,
    }
    every = [
        Shot(path, size, folder / f"{name}-{size[0]}x{size[1]}.png")
        for name, path in pages.items()
        for size in GLASSES
    ]
    scenes = [
        Shot("/wall", WALL, folder / f"scene-{hour}-{cam}-{WALL[0]}x{WALL[1]}.png", cam, at)
        for hour, at in light.items()
        for cam in CAMERAS
    ]
    return [shot for shot in scenes + every if word in shot.target.name]


def stand(page: Page, url: str) -> None:
    """Loaded in a small window: without a graphics card every frame of the wall's size takes seconds."""
    page.set_viewport_size({"width": LOAD_PX[0], "height": LOAD_PX[1]})
    page.goto(url)
    for _ in range(STANDS_WITHIN_S * 5):
        if page.evaluate(STANDS):
            return
        page.wait_for_timeout(200)
    raise TimeoutError(f"{url} did not stand in {STANDS_WITHIN_S} s")


def shoot(browser: Browser, url: str, wanted: list[Shot], simulator: "subprocess.Popen[bytes]") -> None:
    """The simulator holds its breath for each picture: else every second another frame is begun."""
    page: Page | None = None
    at_path = ""
    for shot in wanted:
        if page is None or shot.path != at_path:
            if page is not None:
                page.close()
            page = browser.new_page(reduced_motion="reduce")
            page.set_default_timeout(STANDS_WITHIN_S * 1000)
            stand(page, url + shot.path)
            at_path = shot.path
        simulator.send_signal(signal.SIGSTOP)
        page.set_viewport_size({"width": shot.size[0], "height": shot.size[1]})
        page.evaluate(TAKE, {"cam": shot.cam, "at": shot.at.isoformat() if shot.at else None})
        shot.target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=shot.target, timeout=STANDS_WITHIN_S * 1000)
        simulator.send_signal(signal.SIGCONT)
        page.wait_for_timeout(BREATH_MS)
        print(shot.target, flush=True)


def live(twin: Twin) -> None:
    """Until the simulator has told its first round."""
    for _ in range(STANDS_WITHIN_S * 2):
        if twin.health()["store"]["seq"] >= COMMITS:
            return
        time.sleep(0.5)
    raise TimeoutError(f"no feed spoke within {STANDS_WITHIN_S} s")


def main(folder: Path | None, word: str) -> None:
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
            live(twin)
            with sync_playwright() as play:
                browser = play.chromium.launch(
                    executable_path="/usr/bin/chromium", args=["--no-sandbox", *GL]
                )
                shoot(browser, twin.url, shots(folder, "b001", word), simulator)
                browser.close()
        finally:
            simulator.send_signal(signal.SIGCONT)
            simulator.terminate()
            simulator.wait(20)
            twin.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None, sys.argv[2] if len(sys.argv) > 2 else "")
