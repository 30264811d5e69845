"""Which alphabet a file's bytes are in: UTF-8, or GBK as most Chinese desktop programs still write."""

import codecs
import tempfile
from pathlib import Path
from typing import IO

from twin.ingest.files.options import ImportRefused
from twin.ingest.files.source import Remark

SAMPLE_BYTES = 1_000_000
BLOCK_BYTES = 1 << 20
# Language driver ids of a .dbf that say GBK.
GBK_DRIVERS = (0x4D, 0x7A)


def dbf_encoding(name: str, file: IO[bytes], cpg: bytes | None) -> tuple[str, Remark | None]:
    """The encoding of a .dbf's names and values, and a remark when it had to be found out."""
    if cpg is not None and cpg.strip():
        declared = cpg.decode("ascii", "ignore").strip().lower()
        declared = {"936": "gbk", "cp936": "gbk", "gb2312": "gbk", "utf8": "utf-8", "65001": "utf-8"}.get(
            declared, declared
        )
        try:
            return codecs.lookup(declared).name.upper().replace("UTF8", "UTF-8"), None
        except LookupError:
            pass
    sample = file.read(SAMPLE_BYTES)
    if len(sample) > 29 and sample[29] in GBK_DRIVERS:
        return "GBK", None
    text = bytes(byte for byte in sample[32:] if byte)
    if text.isascii() or _is(text, "utf-8"):
        return "UTF-8", None
    if _is(text, "gb18030"):
        found = Remark("encoding", name, "it does not say its encoding and was read as GBK", "add a .cpg")
        return "GB18030", found
    found = Remark("encoding", name, "its encoding is unknown; it was read as Latin-1", "add a .cpg file")
    return "ISO-8859-1", found


def _is(text: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        decoder.decode(text, final=False)  # the sample may end within a character
    except UnicodeDecodeError:
        return False
    return True


def utf8_copy(path: Path) -> "tempfile._TemporaryFileWrapper[bytes] | None":
    """A UTF-8 copy of a GBK text; None when it is UTF-8 already. Raises ImportRefused for neither."""
    if _decodes(path, "utf-8"):
        return None
    if not _decodes(path, "gb18030"):
        raise ImportRefused(f"{path.name} is neither UTF-8 nor GBK text.", "Save it as UTF-8.")
    # Closed by its last reader's end of life, so it cannot be a with-block here.
    copy = tempfile.NamedTemporaryFile(suffix=".geojson")  # noqa: SIM115
    with path.open(encoding="gb18030", newline="") as text:
        while block := text.read(BLOCK_BYTES):
            copy.write(block.encode())
    copy.flush()
    return copy


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        try:
            while block := file.read(BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
