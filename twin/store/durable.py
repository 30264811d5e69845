"""Files that outlive a power cut."""

import hashlib
import os
from pathlib import Path


def sync(path: Path) -> None:
    """A file's bytes, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write(path: Path, content: bytes) -> None:
    """Replace `path` by `content`, whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    sync(new)
    new.replace(path)
    sync(path.parent)


def sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
