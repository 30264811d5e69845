"""Parts into one zip archive: the same bytes for the same parts, sealed, and named only when it is whole."""

import contextlib
import io
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from twin.snapshot.reading import SnapshotExists
from twin.snapshot.verifying import DIRECTORY, seal_of

# A snapshot's own times are in its manifest; the archive's are all alike.
EPOCH = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
UNIX = 3
PACKED = (".png", ".parquet", ".woff2")
COMMENT_LENGTH_BYTES = 2


def pack(parts: Mapping[str, bytes]) -> bytes:
    """The archive, in the order of `parts`, closed by its seal."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = UNIX, READABLE
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=6)
        starts = [(entry.filename, entry.header_offset) for entry in archive.infolist()]
    return _sealed(file.getvalue(), starts)


def _sealed(archive: bytes, starts: list[tuple[str, int]]) -> bytes:
    """Puts the seal where the archive's comment belongs; the seal covers the comment's length too."""
    body = archive[:-COMMENT_LENGTH_BYTES]
    directory = zipfile.ZipFile(io.BytesIO(archive)).start_dir
    ends = [start for _, start in starts[1:]] + [directory]
    stretches = [(name, body[start:end]) for (name, start), end in zip(starts, ends, strict=True)]
    # The seal's length does not depend on the hash of the bytes that tell it.
    length = len(seal_of([*stretches, (DIRECTORY, body[directory:] + b"\0\0")]))
    rest = body[directory:] + length.to_bytes(COMMENT_LENGTH_BYTES, "little")
    return archive[:directory] + rest + seal_of([*stretches, (DIRECTORY, rest)])


def publish(content: bytes, target: Path) -> None:
    """Write a new file beside its place and move it there. Raises SnapshotExists when the place is taken."""
    refuse_existing(target)
    with _beside(target, content) as partial:
        try:
            os.link(partial, target)  # unlike a rename, a link never replaces
        except FileExistsError:
            refuse_existing(target)
            raise
        except OSError:
            refuse_existing(target)
            partial.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def refuse_existing(target: Path) -> None:
    if target.exists():
        raise SnapshotExists(target)


@contextlib.contextmanager
def _beside(target: Path, content: bytes) -> Iterator[Path]:
    """A file of this content in the target's folder, safe on the disk; it is gone afterwards."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        yield partial
    finally:
        partial.unlink(missing_ok=True)
