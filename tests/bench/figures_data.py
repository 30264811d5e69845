"""Seconds of generation and of import, with the size of what came out."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from house import ROOT, demo_home

from twin.store import Store

SUZHOU = "suzhou-buildings.geojson"


def _count(home: Path, table: str) -> int:
    store = Store.open(home)
    try:
        return int(store.read(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py())
    finally:
        store.close()


def _generated(scale: float) -> tuple[str, ...]:
    began = perf_counter()
    with demo_home(scale) as home:
        spent = perf_counter() - began
        size = (home / "twin.duckdb").stat().st_size / 1e6
        counts = f"{_count(home, 'building')} buildings, {_count(home, 'unit')} units"
    return f"twin init --demo --scale {scale:g}", f"{spent:.1f} s", counts, f"{size:.1f} MB"


def _imported(file: Path, folder: Path) -> list[tuple[str, ...]]:
    home = folder / "home"
    env = {
        **os.environ,
        "TWIN_HOME": str(home),
        "TWIN_KEY_FILE": str(folder / "key"),
        "PYTHONPATH": str(ROOT),
    }
    env.pop("TWIN_TEST_INPUTS", None)
    twin = [sys.executable, "-m", "twin.cli"]
    init = [*twin, "init", "--code", "320508001001", "--bounds", "120.58,31.29,120.66,31.34"]
    subprocess.run(init, env=env, check=True, stdout=subprocess.DEVNULL)
    rows = []
    for words in ("first time", "the same file again"):
        began = perf_counter()
        command = [
            *twin,
            "import",
            "buildings",
            str(file),
            "--crs",
            "wgs84",
            "--map",
            "storeys=Floor,height=height",
        ]
        subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
        spent = perf_counter() - began
        rows.append(
            (f"import {file.name}, {words}", f"{spent:.1f} s", f"{_count(home, 'building')} buildings", "")
        )
    return rows


def table() -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("what", "whole process", "holds", "file")]
    rows += [_generated(0.2), _generated(1.0)]
    inputs = Path(os.environ.get("TWIN_TEST_INPUTS", ""))
    if (inputs / SUZHOU).is_file():
        with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
            rows += _imported(inputs / SUZHOU, Path(folder))
    else:
        rows.append((f"import {SUZHOU}", "not measured", "TWIN_TEST_INPUTS is not set", ""))
    return rows
