"""A twin of one community, and files written the way people's programs write them."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.ingest_files.houses import BOUNDS, CODE12
from twin.ingest.files import ImportOptions, import_buildings, init_community
from twin.store import Store


@pytest.fixture(scope="session")
def fresh_homes(tmp_path_factory):
    """Two new twins, migrated once: every test opens a copy."""
    homes = {}
    for bounds in (BOUNDS, None):
        homes[bounds] = tmp_path_factory.mktemp("fresh") / "home"
        store = Store.open(homes[bounds])
        init_community(store, CODE12, "永宁", bounds)
        store.close()
    return homes


def opened(fresh, home):
    shutil.copytree(fresh, home)
    store = Store.open(home)
    yield store
    store.close()


@pytest.fixture
def store(fresh_homes, tmp_path):
    yield from opened(fresh_homes[BOUNDS], tmp_path / "home")


@pytest.fixture
def store_without_bounds(fresh_homes, tmp_path):
    yield from opened(fresh_homes[None], tmp_path / "home")


@pytest.fixture
def geojson(tmp_path):
    def write(features, name="houses.geojson", **members):
        path = tmp_path / name
        content = {"type": "FeatureCollection", **members, "features": features}
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    return write


@pytest.fixture
def bring():
    """Import with options given by name."""

    def run(store, path, progress=None, **options):
        return import_buildings(store, path, ImportOptions(**options), progress)

    return run


@pytest.fixture
def real_file():
    """A file of TWIN_TEST_INPUTS; the test is skipped by name without it."""

    def find(name):
        folder = os.environ.get("TWIN_TEST_INPUTS")
        if not folder or not (Path(folder) / name).is_file():
            pytest.skip(f"TWIN_TEST_INPUTS has no {name}")
        return Path(folder) / name

    return find
