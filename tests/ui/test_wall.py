"""The wall's page: what Dash is told to draw, and what the shell carries."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component
from flask import Flask

from twin.settings import Settings
from twin.ui.board import ENGINES
from twin.ui.page import ASSETS
from twin.ui.wall import layout, wall_app


def elements(component: Any) -> Iterator[Component]:
    if isinstance(component, list | tuple):
        for one in component:
            yield from elements(one)
    elif isinstance(component, Component):
        yield component
        yield from elements(getattr(component, "children", None))


def told(component: Component) -> dict[str, Any]:
    return component.to_plotly_json()["props"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    server = Flask("wall")
    app = wall_app(server, Settings(home=tmp_path_factory.mktemp("home"), wall_distance_m=6.0))
    with server.test_request_context("/wall"):
        return app.index()


def test_no_number_on_the_wall_is_written_in_its_layout() -> None:
    for one in elements(layout()):
        props = told(one)
        if "data-fact" in props:
            assert props["children"] == ""
        texts = [props.get("children")] if isinstance(props.get("children"), str) else []
        # 24 时 names a span of time; anything else with a digit would be a claim.
        assert not any(re.search(r"\d", text.replace("24", "")) for text in texts), texts


def test_every_text_of_the_layout_has_both_languages_or_is_filled_later() -> None:
    for one in elements(layout()):
        props = told(one)
        text = props.get("children")
        if isinstance(text, str) and re.search("[\u4e00-\u9fff]", text):
            assert "data-en" in props, text


def test_panels_of_engines_are_the_engines_the_board_knows() -> None:
    named = {told(one)["data-engine"] for one in elements(layout()) if "data-engine" in told(one)}
    assert named == set(ENGINES)


def test_the_wall_has_no_callback() -> None:
    app = wall_app(Flask("wall"), Settings())
    assert app.callback_map == {}


def test_the_shell_runs_our_modules_and_no_inline_script_of_ours(index: str) -> None:
    assert 'src="/static/deck.js"' in index
    assert '<script type="module" src="/static/twin/main-wall.js"' in index
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", index, flags=re.S)
    ours = [text for text in inline if "DashRenderer" not in text and not text.strip().startswith("{")]
    assert ours == []
    assert not re.findall(r'(?:src|href)="https?://', index)


def test_the_shell_carries_the_glass_and_the_language(index: str) -> None:
    assert 'lang="zh-CN"' in index
    assert 'data-distance-m="6.0"' in index
    assert 'data-mm-per-px="1.736"' in index


def test_the_wall_ships_without_the_desks_weight(index: str) -> None:
    scripts = " ".join(re.findall(r'<script[^>]*src="([^"]+)"', index)).lower()
    for heavy in ("plotly", "ag_grid", "mantine"):
        assert heavy not in scripts


def test_every_module_the_wall_imports_is_there() -> None:
    seen: set[str] = set()
    waiting = ["main-wall.js"]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        waiting += re.findall(r'from "\./([\w.-]+)"', (ASSETS / name).read_text())
    assert {"scene.js", "stream.js", "watchdog.js", "clock.js", "state.js"} <= seen


def test_front_end_modules_stay_small() -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in Path(ASSETS).glob("*.js")}
    print(json.dumps(lengths, indent=1))
    assert max(lengths.values()) <= 300
