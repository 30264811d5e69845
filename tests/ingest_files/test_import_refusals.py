"""What is no file of buildings is refused in one sentence with a remedy, and leaves nothing behind."""

import errno
import resource
import subprocess
import sys

import pytest

from tests.ingest_files.houses import buildings, feature, house
from twin.ingest.files import ImportOptions, ImportRefused
from twin.ingest.files.staging import told_when_full


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.geojson", b"", "is empty"),
        ("a.geojson", b"  \n", "is empty"),
        ("a.geojson", b"hello", "is not GeoJSON inside"),
        ("a.json", b"[1, 2]", "is not GeoJSON or CityJSON inside"),
        ("a.geojson", b"{}", "cannot be read"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "no buildings|to hold storeys"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Fea', "cannot be read"),
        ("a.geojson", b'{"a": "\xff\xfe\xff"}', "neither UTF-8 nor GBK"),
        ("a.gpkg", b"SQLite format 3\0 and then nothing", "cannot be read"),
        ("a.gpkg", b'{"type": "FeatureCollection"}', "ends in .gpkg but holds GeoJSON. Rename it"),
        ("a.geojson", b"PK\x03\x04zip", "holds zip"),
        ("a.shp", b"\x00\x00\x27\x0a", "lacks its .shx part"),
        ("a.dbf", b"\x03", "Give the .shp"),
        ("a.xlsx", b"PK\x03\x04", "Files ending in .xlsx are not read"),
        ("houses", b"{}", "Files ending in nothing"),
    ],
)
def test_what_cannot_be_read_says_why(store, tmp_path, bring, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=says) as refused:
        bring(store, path)
    assert refused.value.remedy.endswith(".")
    assert "\n" not in str(refused.value)


def test_a_missing_file_and_a_folder_are_said_to_be_so(store, tmp_path, bring):
    with pytest.raises(ImportRefused, match="There is no file"):
        bring(store, tmp_path / "gone.geojson")
    with pytest.raises(ImportRefused, match="is a folder"):
        bring(store, tmp_path)


def test_a_file_that_breaks_off_in_the_middle_leaves_nothing(store, geojson, bring):
    path = geojson([feature(house(n % 60, n // 60), id=f"n{n}", storeys=1) for n in range(2000)])
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(ImportRefused, match="cannot be read"):
        bring(store, path)
    assert buildings(store) == []
    assert list(store.home.glob(".import-*")) == []


def test_a_storey_height_that_is_none_is_refused(store, geojson, bring):
    with pytest.raises(ImportRefused, match=r"storey height of 0\.5"):
        bring(store, geojson([feature(house(), storeys=1)]), storey_height_m=0.5)
    assert ImportOptions().default_storeys is None


def test_a_full_disk_is_one_sentence():
    full = pytest.raises(ImportRefused, match=r"disk of /home/twin is full. Nothing was written. Make room")
    with full, told_when_full("/home/twin"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(PermissionError), told_when_full("/home/twin"):
        raise PermissionError(errno.EACCES, "no")


SMALL_DISK = """
import resource, signal, sys
from pathlib import Path
from twin.ingest.files import ImportOptions, ImportRefused, import_buildings
from twin.store import Store
store = Store.open(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    import_buildings(store, Path(sys.argv[2]), ImportOptions())
except ImportRefused as refused:
    print(refused)
print(store.read("SELECT count(*) AS n FROM building").to_pylist(), list(store.home.glob(".import-*")))
"""


def test_no_room_for_the_staged_rows_writes_nothing(store, geojson):
    """Files of this process may not grow beyond 4 kB: the first staged rows meet a full disk."""
    path = geojson([feature(house(n % 60, n // 60), storeys=1) for n in range(500)])
    home = store.home
    store.close()
    done = subprocess.run(
        [sys.executable, "-c", SMALL_DISK, str(home), str(path)], capture_output=True, text=True, check=False
    )
    assert "is full. Nothing was written." in done.stdout, done.stderr
    assert "[{'n': 0}] []" in done.stdout
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 4096
