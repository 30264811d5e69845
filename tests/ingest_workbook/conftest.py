"""A twin of one small community, and workbooks brought into it."""

import shutil

import pytest

from tests.ingest_workbook.lists import BOUNDS, CODE12, write_xlsx
from twin.ingest.files import init_community
from twin.ingest.workbook import WorkbookOptions, import_workbook
from twin.store import Store, Vault


@pytest.fixture(scope="session")
def fresh_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("fresh") / "home"
    store = Store.open(home)
    init_community(store, CODE12, "永宁", BOUNDS)
    store.close()
    return home


@pytest.fixture
def store(fresh_home, tmp_path):
    shutil.copytree(fresh_home, tmp_path / "home")
    store = Store.open(tmp_path / "home")
    yield store
    store.close()


@pytest.fixture
def vault(store, tmp_path):
    vault = Vault(store.home, tmp_path / "key")
    yield vault
    vault.close()


@pytest.fixture
def bring(store, vault, tmp_path):
    """Import rows by sheet, or a file that was written otherwise."""

    def run(what, **options):
        path = what if hasattr(what, "suffix") else write_xlsx(tmp_path / "lists.xlsx", what)
        return import_workbook(store, vault, path, WorkbookOptions(**options))

    return run


@pytest.fixture
def told():
    """The oddities of one code, as (sheet, row, field)."""

    def find(report, code, kind="rejected"):
        found = [odd for odd in report.oddities if (odd.kind, odd.code) == (kind, code)]
        assert found, [f"{odd.kind} {odd.code} {odd.sheet} {odd.reason}" for odd in report.oddities]
        assert all(odd.reason and odd.remedy for odd in found)
        return [(odd.sheet, odd.row, odd.field) for odd in found]

    return find


@pytest.fixture
def counts(store):
    def count(*tables):
        return {table: store.read(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py() for table in tables}

    return count
