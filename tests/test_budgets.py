"""The budgets of size: small rooms, short functions, a layer on one screen."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULE_LINES = 300
APP_LINES = 60
LAYER_LINES = 40
FUNCTION_LINES_P90 = 30


def _sources(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _functions(path: Path) -> list[int]:
    return [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_no_module_is_longer_than_a_small_room() -> None:
    scripts = sorted((ROOT / "twin" / "ui" / "assets").glob("*.js"))
    long = {str(p.relative_to(ROOT)): _lines(p) for p in [*_sources("twin", "layers"), *scripts]}
    assert {name: lines for name, lines in long.items() if lines > MODULE_LINES} == {}


def test_the_wiring_stays_wiring() -> None:
    assert _lines(ROOT / "app.py") <= APP_LINES


@pytest.mark.parametrize("layer", _sources("layers"), ids=lambda path: path.stem)
def test_a_layer_fits_on_a_screen(layer: Path) -> None:
    assert _lines(layer) <= LAYER_LINES


def test_nine_functions_of_ten_are_short() -> None:
    lengths = sorted(length for path in _sources("twin", "layers") for length in _functions(path))
    p90 = lengths[int(0.9 * len(lengths))]
    print(f"{len(lengths)} functions, p90 {p90} lines, longest {lengths[-1]}")
    assert p90 <= FUNCTION_LINES_P90


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    silent = [
        str(p.relative_to(ROOT))
        for p in _sources("twin", "layers")
        if not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert silent == []
