"""One file, whole or not there, the same for the same state, and any changed byte is found."""

import errno
import io
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.snapshot.frozen_house import House
from twin.snapshot import packing, verifying
from twin.snapshot.creating import SnapshotReport
from twin.snapshot.packing import pack, publish
from twin.snapshot.reading import SnapshotRefused
from twin.snapshot.verifying import ENVELOPE, MANIFEST, verify

Changed = Callable[[bytes], Path]


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def stretches_of(content: bytes) -> list[tuple[str, int, int]]:
    """Where each part lies in the archive, header and data, and then the rest."""
    entries = zipfile.ZipFile(io.BytesIO(content))
    starts = [(entry.filename, entry.header_offset) for entry in entries.infolist()]
    ends = [start for _, start in starts[1:]] + [entries.start_dir]
    return [(name, start, end) for (name, start), end in zip(starts, ends, strict=True)]


def flipped_bytes_are_found(content: bytes, changed: Changed, times: int) -> None:
    """`times` flips spread over the file, and one in every part, are all found under the part's name."""
    dice = random.Random(34)
    parts = stretches_of(content)
    spots = [dice.randrange(len(content)) for _ in range(times)]
    spots += [dice.randrange(start, end) for _, start, end in parts]
    for spot in spots:
        flipped = bytearray(content)
        flipped[spot] ^= 1 << dice.randrange(8)
        verdict = verify(changed(bytes(flipped)))
        assert not verdict.ok, f"the flip of byte {spot} was not found"
        part = next((name for name, start, end in parts if start <= spot < end), None)
        named = {found.part for found in verdict.findings}
        assert part in named if part else named, f"byte {spot} of {part}: {verdict.findings}"


def test_the_same_state_twice_has_the_same_id_and_a_core_of_the_same_bytes(
    house: House, made: SnapshotReport, tmp_path: Path
) -> None:
    again = house.snap(tmp_path, by="somebody else")
    assert again.id == made.id
    one, other = parts_of(made.path), parts_of(again.path)
    assert one.pop(ENVELOPE) != other.pop(ENVELOPE)
    assert one == other


def test_a_snapshot_as_packed_verifies(made: SnapshotReport) -> None:
    verdict = verify(made.path)
    assert verdict.ok, verdict.text
    assert verdict.id == made.id == verifying.sha256(parts_of(made.path)[MANIFEST])
    assert verdict.as_of == made.as_of.isoformat()


def test_two_hundred_flipped_bytes_are_all_found(made: SnapshotReport, changed: Changed) -> None:
    flipped_bytes_are_found(made.path.read_bytes(), changed, 200)


@pytest.mark.soak
def test_a_thousand_flipped_bytes_are_all_found(made: SnapshotReport, changed: Changed) -> None:
    flipped_bytes_are_found(made.path.read_bytes(), changed, 1000)


def test_every_byte_of_a_small_archive_matters(changed: Changed) -> None:
    table = b"lon,lat\r\n104.12,30.66\r\n" * 3
    manifest = {"parts": {"a.csv": {"sha256": verifying.sha256(table)}}}
    written = json.dumps(manifest).encode()
    envelope = json.dumps({"id": verifying.sha256(written), "png": "not made"}).encode()
    content = pack({MANIFEST: written, "a.csv": table, ENVELOPE: envelope})
    assert verify(changed(content)).ok
    for spot in range(len(content)):
        flipped = bytearray(content)
        flipped[spot] ^= 1 << spot % 8
        assert not verify(changed(bytes(flipped))).ok, f"byte {spot} of {len(content)}"


@pytest.mark.parametrize("size", [0, 1, 60, 69, 70, 71, 200, -1, -64, -71, -400])
def test_a_file_cut_short_is_refused(made: SnapshotReport, changed: Changed, size: int) -> None:
    assert not verify(changed(made.path.read_bytes()[:size])).ok


def test_a_byte_added_behind_is_found(made: SnapshotReport, changed: Changed) -> None:
    assert not verify(changed(made.path.read_bytes() + b"\0")).ok


def test_an_archive_packed_anew_names_the_exchanged_the_missing_and_the_added_part(
    made: SnapshotReport, changed: Changed
) -> None:
    parts = parts_of(made.path)
    parts["buildings.csv"] += b"b999"
    del parts["trees.csv"]
    parts["more.txt"] = b"hello"
    named = {found.part for found in verify(changed(pack(parts))).findings}
    assert named == {"buildings.csv", "trees.csv", "more.txt"}


def test_a_manifest_changed_with_its_parts_no_longer_has_the_id(
    made: SnapshotReport, changed: Changed
) -> None:
    parts = parts_of(made.path)
    parts["trees.csv"] += b"t"
    manifest = json.loads(parts[MANIFEST])
    manifest["parts"]["trees.csv"]["sha256"] = verifying.sha256(parts["trees.csv"])
    parts[MANIFEST] = json.dumps(manifest).encode()
    assert {found.part for found in verify(changed(pack(parts))).findings} == {MANIFEST}


def test_the_verifier_runs_alone_and_ends_with_one_for_a_changed_file(
    made: SnapshotReport, changed: Changed, tmp_path: Path
) -> None:
    content = bytearray(made.path.read_bytes())
    start = next(start for name, start, _ in stretches_of(bytes(content)) if name == "ground.parquet")
    content[start + 300] ^= 1
    for path, code in ((made.path, 0), (changed(bytes(content)), 1)):
        words = [sys.executable, "-I", "-S", str(Path(verifying.__file__)), str(path)]
        done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, env={}, check=False)
        assert done.returncode == code, done.stderr
    assert "ground.parquet" in done.stdout


def test_a_target_that_exists_is_refused_and_stays_as_it_was(house: House, tmp_path: Path) -> None:
    first = house.snap(tmp_path)
    before = first.path.read_bytes()
    with pytest.raises(SnapshotRefused, match="is there already"):
        house.snap(tmp_path)
    assert first.path.read_bytes() == before
    assert names_in(tmp_path) == [first.path.name]


def test_a_file_that_appears_while_we_write_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, sync = tmp_path / "snapshot.zip", os.fsync

    def appear(descriptor: int) -> None:
        target.write_bytes(b"theirs")
        sync(descriptor)

    monkeypatch.setattr(packing.os, "fsync", appear)
    with pytest.raises(SnapshotRefused):
        publish(b"ours", target)
    assert target.read_bytes() == b"theirs"
    assert names_in(tmp_path) == ["snapshot.zip"]


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """/dev/full would need a device as a folder; a file size limit fails the same write for real."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from twin.snapshot.packing import publish\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9999, 9999))\n"
        "publish(bytes(100_000), Path(sys.argv[1]))"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "snapshot.zip")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert os.strerror(errno.EFBIG) in done.stderr
    assert names_in(tmp_path) == []
