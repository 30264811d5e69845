"""The demo in a real store."""

from pathlib import Path

import pytest

from twin.demo import Community
from twin.demo.load import write
from twin.store import Store
from twin.store.vault import Vault


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "run"


def test_the_community_reads_back_as_it_was_generated(home: Path, tmp_path: Path, small: Community) -> None:
    store = Store.open(home)
    try:
        before = store.seq
        written = write(store, small, Vault(home, tmp_path / "key"))
        assert store.seq == before + 1
        for name, rows in small.tables.items():
            assert written[name] == len(rows)
            assert store.read(f"SELECT count(*) AS n FROM {name}").to_pylist() == [{"n": len(rows)}]
        height = {b["id"]: b["height_m"] for b in small.tables["building"]}
        for row in store.read("SELECT id, height_m FROM building").to_pylist():
            assert row["height_m"] == height[row["id"]]
    finally:
        store.close()


def test_writing_it_twice_leaves_one_of_each(home: Path, tmp_path: Path, small: Community) -> None:
    store = Store.open(home)
    try:
        vault = Vault(home, tmp_path / "key")
        write(store, small, vault)
        write(store, small, vault)
        rows = store.read("SELECT count(*) AS n FROM unit").to_pylist()
        assert rows == [{"n": len(small.tables["unit"])}]
    finally:
        store.close()


def test_no_name_and_no_phone_lies_in_the_clear(home: Path, tmp_path: Path, small: Community) -> None:
    store = Store.open(home)
    try:
        write(store, small, Vault(home, tmp_path / "key"))
    finally:
        store.close()
    held = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    for person in small.tables["person"][::40]:
        identity = person["identity"]
        assert isinstance(identity, dict)
        for secret in ("name", "phone", "id_no"):
            assert identity[secret] is None or identity[secret].encode() not in held
