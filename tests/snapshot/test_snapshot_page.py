"""The offline page in a browser without network: it draws, buildings open their storeys, it asks nobody."""

import re
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.snapshot.frozen_house import House
from twin.snapshot.creating import SnapshotReport
from twin.snapshot.modules import NotBundled, bundled
from twin.snapshot.picture import NotDrawn, find_browser, picture

DRAWN_S = 120.0
FOREIGN = re.compile(r"https?://(?!www\.w3\.org/)[\w$\[]|wss?://\w")
PATIENCE_MS = 30_000


@pytest.fixture(scope="session")
def file(made: SnapshotReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(made.path) as archive:
        return Path(archive.extract("scene.html", folder))


def until(page: Page, truth: str, seconds: float = DRAWN_S) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := page.evaluate(f"() => {truth}")):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {truth}"
        page.wait_for_timeout(100)
    return value


@pytest.mark.browser
def test_without_network_the_page_draws_and_a_building_opens_its_storeys(
    page: Page, file: Path, house: House
) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    began = time.monotonic()
    page.goto(file.as_uri())
    until(page, "window.__twin && window.__twin.ready")
    print(f"first picture after {time.monotonic() - began:.1f} s")
    expect(page.locator("#demo")).to_be_visible()
    expect(page.locator("#asof")).to_have_text(re.compile(r"截至\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\+8"))
    until(page, "document.body.dataset.settled")
    assert page.evaluate("() => __twin.scene.metrics().names") > 3

    tower = house.store.read(
        "SELECT id, x_m, y_m, height_m, storeys_above FROM building ORDER BY height_m DESC, id LIMIT 1"
    ).to_pylist()[0]
    spot = page.evaluate("(b) => __twin.scene.project([b.x_m, b.y_m, b.height_m])", tower)
    page.mouse.click(spot[0], spot[1])
    until(page, "__twin.scene.metrics().opened")
    opened = page.evaluate("() => __twin.state.get().building")
    expect(page.locator("#storeys button").first).to_be_visible(timeout=PATIENCE_MS)
    storeys = house.store.read(
        "SELECT ordinal FROM storey WHERE building_id = $b ORDER BY ordinal DESC", {"b": opened}
    )["ordinal"].to_pylist()
    assert page.locator("#storeys button").count() == len(storeys) > 3
    assert page.evaluate("() => __twin.scene.metrics().openedLayers") >= 3

    page.locator("#storeys button").nth(2).click()
    until(page, "__twin.state.get().storey !== null")
    expect(page.locator('#storeys button[aria-current="true"]')).to_have_count(1)
    assert page.evaluate("() => __twin.state.get().storey") == storeys[2]
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    until(page, "__twin.scene.metrics().opened === null")

    page.locator("#toggle-layers").click()
    switch = page.locator('#layers [data-layer="buildings"]')
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(page.locator('#layers [data-layer="buildings"]')).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#layers li").first.locator(".legend")).to_be_visible()
    off = page.locator('#layers [data-layer="facilities"]')
    off.click()
    until(page, "__twin.scene.engine().props.layers.some((one) => one.id.startsWith('facilities/'))")

    outside = [url for url in asked if not url.startswith(("data:", "blob:"))]
    assert outside == [file.as_uri()]
    assert said == []


def test_the_page_names_no_address_it_could_fetch_from(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert FOREIGN.findall(text) == []
    assert "connect-src 'none'" in text
    assert text.count("</script>") == 3


@pytest.mark.browser
def test_the_picture_is_drawn_by_the_browser_that_is_there(file: Path) -> None:
    drawn = picture(file.read_bytes(), 640, 360, find_browser())
    assert drawn.startswith(b"\x89PNG")
    assert (int.from_bytes(drawn[16:20]), int.from_bytes(drawn[20:24])) == (640, 360)
    assert len(drawn) > 30_000


@pytest.mark.parametrize("browser", ["/bin/false", "/no/such/browser", "/bin/echo"])
def test_a_browser_that_does_not_work_is_no_reason_to_have_no_snapshot(
    house: House, tmp_path: Path, browser: str
) -> None:
    report = house.snap(tmp_path, browser=browser)
    assert report.path.exists()
    assert report.picture.startswith("not made: Chromium")


def test_no_browser_is_said_so() -> None:
    with pytest.raises(NotDrawn, match="no Chromium was found"):
        picture(b"", 1, 1, None)


def test_modules_are_bundled_in_the_order_they_need_one_another() -> None:
    files = {
        "main": 'import { one as first, two } from "./b.js";\nexport const sum = first + two();\n',
        "b": "export const one = 1;\nexport function two() { return 2; }\n",
    }
    script = bundled(("main",), files.__getitem__)
    assert script.index("$b") < script.index("$main")
    assert "const { one: first, two } = $b;" in script
    assert "return { one, two };" in script


@pytest.mark.parametrize(
    "line", ['import * as b from "./b.js";', "export default 1;", 'import b from "b";', "export { b };"]
)
def test_a_module_in_another_manner_is_refused_by_its_line(line: str) -> None:
    with pytest.raises(NotBundled, match="cannot bundle the line"):
        bundled(("a",), {"a": line + "\n", "b": ""}.__getitem__)
