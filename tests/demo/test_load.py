"""The demo in a real store."""

import re
from pathlib import Path

import pytest

from twin.demo import Community
from twin.demo.load import write
from twin.demo.rows import COMMUNITY12
from twin.ingest.workbook.holding import community_of, held
from twin.model.places import storey_rows
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
            assert written.get(name, 0) == len(rows)
            assert store.read(f"SELECT count(*) AS n FROM {name}").to_pylist() == [{"n": len(rows)}]
        generated = {b["id"]: b for b in small.tables["building"]}
        for row in store.read("SELECT id, height_m, x_m, y_m FROM building").to_pylist():
            made = generated[row["id"]]
            assert row["height_m"] == made["height_m"]
            assert row["x_m"] == pytest.approx(made["x_m"], abs=2.0)
            assert row["y_m"] == pytest.approx(made["y_m"], abs=2.0)
    finally:
        store.close()


def test_no_place_moves_by_a_millimetre_on_its_way_through_the_sheets(
    home: Path, tmp_path: Path, small: Community
) -> None:
    store = Store.open(home)
    try:
        write(store, small, Vault(home, tmp_path / "key"))
        for table in ("device", "entrance", "facility", "asset", "restaurant"):
            generated = {row["id"]: row for row in small.tables[table]}
            for row in store.read(f"SELECT id, x_m, y_m FROM {table}").to_pylist():
                made = generated[row["id"]]
                assert (row["x_m"], row["y_m"]) == pytest.approx((made["x_m"], made["y_m"]), abs=1e-3)
    finally:
        store.close()


def test_storeys_are_those_that_the_generator_means(small: Community) -> None:
    derived = [
        row
        for b in small.tables["building"]
        for row in storey_rows(b["id"], b["storeys_above"], b["storeys_below"], b["height_m"])
    ]
    assert [{"community12": COMMUNITY12} | row for row in derived] == small.tables["storey"]


def test_writing_it_twice_leaves_one_of_each(home: Path, tmp_path: Path, small: Community) -> None:
    store = Store.open(home)
    try:
        vault = Vault(home, tmp_path / "key")
        write(store, small, vault)
        sealed = store.read("SELECT identity_enc FROM person ORDER BY person_id")
        write(store, small, vault)
        rows = store.read("SELECT count(*) AS n FROM unit").to_pylist()
        assert rows == [{"n": len(small.tables["unit"])}]
        assert store.read("SELECT identity_enc FROM person ORDER BY person_id") == sealed
    finally:
        store.close()


def test_identities_open_to_what_was_generated(home: Path, tmp_path: Path, small: Community) -> None:
    store = Store.open(home)
    try:
        vault = Vault(home, tmp_path / "key")
        write(store, small, vault)
        opened = held(store, vault, community_of(store, "")).tables["person"]
        generated = {row["identity"]["no"]: row["identity"] for row in small.tables["person"]}
        assert {row["identity"]["no"]: row["identity"] for row in opened} == generated
    finally:
        store.close()


def test_no_name_and_no_phone_lies_in_the_clear(home: Path, tmp_path: Path, small: Community) -> None:
    store = Store.open(home)
    try:
        write(store, small, Vault(home, tmp_path / "key"))
    finally:
        store.close()
    lying = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    identities = [dict(person["identity"]) for person in small.tables["person"]]
    assert all(one["name"].startswith("演示") for one in identities)
    assert "演示".encode() not in lying
    for part, looks in (("phone", rb"100\d{8}"), ("id_no", rb"99\d{15}[\dX]")):
        known = {one[part].encode() for one in identities if one[part]}
        assert all(re.fullmatch(looks, one) for one in known) and len(known) > 1000
        # One pass with what they look like, at every place, instead of thousands of searches.
        assert not known & {found[1] for found in re.finditer(b"(?=(" + looks + b"))", lying)}


def test_a_row_that_the_importer_refuses_is_not_written(home: Path, tmp_path: Path, small: Community) -> None:
    tables = dict(small.tables)
    tables["unit"] = [*tables["unit"], {**tables["unit"][0], "id": "stray", "building_id": "nowhere"}]
    store = Store.open(home)
    try:
        with pytest.raises(ValueError, match="nowhere"):
            write(store, Community(1, 0.2, small.plan, tables), Vault(home, tmp_path / "key"))
        assert store.read("SELECT count(*) AS n FROM community").to_pylist() == [{"n": 0}]
    finally:
        store.close()
