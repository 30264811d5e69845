"""1,800 live frames on one wall: heap, nodes and listeners stay where they were after warm-up."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page

FRAMES = int(os.environ.get("SOAK_FRAMES", "1800"))
EVERY = 200
WARM = 400
SLOPE_PER_500 = 0.01

pytestmark = pytest.mark.soak


def _figures(page: Page, devtools: CDPSession) -> dict[str, float]:
    # What a dead node holds in the other heap dies one collection later.
    for _ in range(3):
        devtools.send("HeapProfiler.collectGarbage")
        page.evaluate("() => new Promise((resume) => setTimeout(resume, 50))")
    values = {m["name"]: m["value"] for m in devtools.send("Performance.getMetrics")["metrics"]}
    return {name: values[name] for name in ("JSHeapUsedSize", "Nodes", "JSEventListeners")}


def test_a_wall_does_not_grow_over_its_frames(
    page: Page, twin: Any, ready: Callable[..., None], until: Callable[..., Any]
) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    ready(page, f"{twin.url}/wall")
    began = page.evaluate("() => window.__twin.scene.metrics().frames")
    rows: list[tuple[int, dict[str, float]]] = []
    for goal in range(EVERY, FRAMES + 1, EVERY):
        until(page, f"() => window.__twin.scene.metrics().frames >= {began + goal}", 900)
        rows.append((goal, _figures(page, devtools)))
        print(f"{goal:5}  {rows[-1][1]['JSHeapUsedSize'] / 1e6:6.2f} MB", rows[-1][1])
    warm = [(frames, figures) for frames, figures in rows if frames >= WARM]
    assert len(warm) >= 2, "too few frames to judge"
    (first, before), (last, after) = warm[0], warm[-1]
    slope = (after["JSHeapUsedSize"] / before["JSHeapUsedSize"] - 1) / ((last - first) / 500)
    assert slope < SLOPE_PER_500, f"heap grows {slope:.2%} in 500 frames"
    assert abs(after["Nodes"] - before["Nodes"]) <= 5
    assert after["JSEventListeners"] == before["JSEventListeners"]
