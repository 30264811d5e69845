"""The build id: the version and a hash of all that is served, so that an open page notices an upgrade."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import twin


def build_id(folders: Iterable[Path]) -> str:
    """`<version>+<10 hex digits>` of the sources in `folders`."""
    digest = hashlib.blake2b(digest_size=5)
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in _SERVED and p.is_file()):
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return f"{twin.__version__}+{digest.hexdigest()}"


_SERVED = {".py", ".js", ".css", ".sql", ".html", ".svg"}
