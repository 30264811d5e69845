"""The catalog finds what is in the package, refuses what does not fit, and a layer is one file."""

import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest

import layers
from twin.catalog import Catalog, LayerFault, UnknownLayer, shown_columns
from twin.deck.frame import encode
from twin.deck.legend import legend
from twin.deck.scene import static_spec
from twin.model.clearance import WALL
from twin.store import Store

HERE = Path(layers.__path__[0])
Package = Callable[[str], ModuleType]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """A package of layers of its own: copies of the real ones, and whatever the test puts beside them."""
    monkeypatch.syspath_prepend(str(tmp_path))
    shutil.copytree(HERE, tmp_path / "own_layers", ignore=shutil.ignore_patterns("__pycache__"))

    def load(extra: str) -> ModuleType:
        if extra:
            name = extra.split('id="')[1].split('"')[0]
            (tmp_path / "own_layers" / f"{name}.py").write_text(extra)
        importlib.invalidate_caches()
        return importlib.import_module("own_layers")

    yield load
    for name in [name for name in sys.modules if name.split(".")[0] == "own_layers"]:
        del sys.modules[name]


def test_every_file_is_a_layer_in_drawing_order() -> None:
    catalog = Catalog.of(layers)
    assert set(catalog.ids) == {file.stem for file in HERE.glob("*.py")} - {"__init__"}
    assert [layer.order for layer in catalog.layers] == sorted(layer.order for layer in catalog.layers)


def test_a_copied_neighbour_is_a_new_layer_without_any_other_change(package: Package, tmp_path: Path) -> None:
    copy = (HERE / "stewards.py").read_text().replace('id="stewards"', 'id="patrols"')
    layer = Catalog.of(package(copy)).get("patrols")
    store = Store.open(tmp_path / "home")
    try:
        rows = store.relation(layer.sql, None, WALL)
    finally:
        store.close()
    assert [part["id"] for part in static_spec(layer, rows, (104.0, 30.0))] == ["patrols/point"]
    assert legend(layer)
    assert encode(layer, rows, WALL, 1, datetime(2026, 1, 1, tzinfo=UTC))[:4] == b"TWF1"


def test_a_new_layer_shows_nothing_on_the_wall_until_it_says_what(package: Package) -> None:
    text = (HERE / "community_grid.py").read_text().replace('id="community_grid"', 'id="border"')
    start = text.index("    shows=")
    silent = text[:start] + text[text.index("\n", start) + 1 :]
    layer = Catalog.of(package(silent)).get("border")
    rows = pa.table({name: ["x"] for name in ("id", "name", "geom_wkb", "x_m", "y_m")})
    assert shown_columns(layer, "wall") == frozenset()
    assert all(part["data"] == [] for part in static_spec(layer, rows, (104.0, 30.0), clearance=WALL))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('shows={"wall": (', 'shows={"wall": ("secret", '), "shows secret on the wall"),
        (('shows={"wall"', 'shows={"moon"'), "the screen moon"),
        (('licence="operator\'s own; demo: Apache-2.0"', 'licence=" "'), "no licence"),
        (("LAYER = ", "NOTHING = "), "declares no LAYER"),
        (("    live=True,\n", '    live=True,\n    formerly=("devices",),\n'), "answer to the id devices"),
    ],
)
def test_a_layer_that_does_not_fit_is_refused_with_a_sentence(
    package: Package, change: tuple[str, str], sentence: str
) -> None:
    text = (HERE / "stewards.py").read_text().replace('id="stewards"', 'id="patrols"')
    assert change[0] in text
    with pytest.raises(LayerFault, match=sentence):
        Catalog.of(package(text.replace(*change)))


def test_an_id_that_is_not_the_files_name_is_refused(package: Package, tmp_path: Path) -> None:
    shutil.copy(HERE / "trees.py", tmp_path / "own_layers" / "woods.py")
    with pytest.raises(LayerFault, match="woods"):
        Catalog.of(package(""))


def test_a_former_name_still_answers(package: Package) -> None:
    text = (HERE / "trees.py").read_text().replace('id="trees"', 'id="woods",\n    formerly=("forest",)')
    assert Catalog.of(package(text)).get("forest").id == "woods"


def test_an_unknown_layer_says_which_was_probably_meant() -> None:
    with pytest.raises(UnknownLayer, match="did you mean “buildings”") as found:
        Catalog.of(layers).get("bulidings")
    assert found.value.suggestion == "buildings"
