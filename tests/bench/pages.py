"""A real Chromium for the bench: a page with its bytes, its hosts and the moment the scene stands."""

import contextlib
from collections.abc import Iterator
from typing import Any

from house import Server
from playwright.sync_api import Browser, sync_playwright

ARGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--enable-precise-memory-info",
    "--js-flags=--expose-gc",
)
PATIENCE_MS = 120_000


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path="/usr/bin/chromium", args=list(ARGS))
        try:
            yield chromium
        finally:
            chromium.close()


class Page:
    """One cold page of a screen."""

    def __init__(
        self, chromium: Browser, server: Server, screen: str, width: int, height: int, path: str = ""
    ) -> None:
        self.context = chromium.new_context(viewport={"width": width, "height": height})
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.devtools = self.context.new_cdp_session(self.page)
        self.wire_bytes = 0
        self.devtools.on("Network.loadingFinished", self._count)
        self.devtools.send("Network.enable")
        self.page.goto(f"{server.url}{path or '/' + screen}")

    def _count(self, event: dict[str, Any]) -> None:
        self.wire_bytes += int(event["encodedDataLength"])

    def until(self, expression: str) -> None:
        """Until a JavaScript expression is true; asked frame by frame, as the CSP forbids the usual way."""
        self.page.evaluate(
            "(limit) => new Promise((done, fail) => {"
            "  const began = performance.now();"
            f"  const look = () => ({expression}) ? done()"
            "    : performance.now() - began > limit ? fail(new Error('not in time')) : setTimeout(look, 20);"
            "  look(); })",
            PATIENCE_MS,
        )

    def until_ready(self) -> None:
        self.until("window.__twin && window.__twin.ready")

    def metrics(self) -> dict[str, float]:
        """Heap in MB after a forced collection, DOM nodes and listeners."""
        self.devtools.send("Performance.enable")
        self.devtools.send("HeapProfiler.collectGarbage")
        values = {m["name"]: m["value"] for m in self.devtools.send("Performance.getMetrics")["metrics"]}
        return {
            "heap_mb": values["JSHeapUsedSize"] / 1e6,
            "nodes": values["Nodes"],
            "listeners": values["JSEventListeners"],
        }

    def close(self) -> None:
        self.context.close()
