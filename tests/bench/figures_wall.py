"""The wall from a cold cache to buildings drawn, and a click to its storeys, in software GL."""

import http.client
import statistics
from time import perf_counter

from house import Server, demo_home, percentile, served
from pages import Page, browser

from twin.store import Store

SIZES = ((1366, 768), (1920, 1080), (3840, 2160))


def table() -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("screen", "glass", "cold → buildings drawn", "bytes on the wire")]
    with demo_home(1.0) as home, served(home) as server, browser() as chromium:
        for screen, sizes in (("wall", SIZES), ("desk", SIZES[:2])):
            for width, height in sizes:
                began = perf_counter()
                page = Page(chromium, server, screen, width, height)
                page.until_ready()
                spent = perf_counter() - began
                rows.append(
                    (screen, f"{width}×{height}", f"{spent:.1f} s", f"{page.wire_bytes / 1e6:.2f} MB")
                )
                page.close()
    return rows


def _asked(server: Server, path: str, cookie: str) -> float:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    began = perf_counter()
    line.request("GET", path, headers={"Cookie": cookie})
    answer = line.getresponse()
    answer.read()
    assert answer.status == 200, (path, answer.status)
    return (perf_counter() - began) * 1000


def open_table() -> list[tuple[str, ...]]:
    """What a click waits for on the server: the building's rows and the opened tower's picture."""
    rows: list[tuple[str, ...]] = [("what a click asks", "p50 ms", "p95 ms")]
    with demo_home(1.0) as home:
        store = Store.open(home)
        found = store.read("SELECT id FROM building ORDER BY storeys_above DESC, id LIMIT 30")
        store.close()
        ids = [str(one) for one in found["id"].to_pylist()]
        with served(home) as server:
            cookie = server.cookie("desk")
            for name in ("building", "open"):
                spent = [_asked(server, f"/desk/{name}/{one}", cookie) for one in ids]
                row = (
                    f"/desk/{name}/<id>, the 30 tallest",
                    statistics.median(spent),
                    percentile(spent, 0.95),
                )
                rows.append((row[0], f"{row[1]:.0f}", f"{row[2]:.0f}"))
    return rows
