"""Is a snapshot still what was packed? Standard library only: this file runs alone, with no twin installed.

A snapshot ends with a seal: the hash of every stretch of the file, then the hash of the seal itself. It finds
any changed byte, in a part or in the archive's own structure, and says where. The manifest finds parts that
were exchanged when somebody packed the archive anew.
"""

import hashlib
import io
import json
import lzma
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST, ENVELOPE = "manifest.json", "envelope.json"
PICTURE = "scene.png"
SEAL_MARK = b"twin-snapshot-seal-1 "
HASH_BYTES = 64
LENGTH_DIGITS = 6
DIRECTORY = "the archive's directory"
# All that Python's archive reader raises over damaged bytes, found by damaging every one of them.
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, LookupError, EOFError, RuntimeError,
    OSError, ValueError, OverflowError, MemoryError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one part; `part` is its name in the archive, or words for the structure."""

    part: str
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    path: Path
    id: str | None
    as_of: str | None
    parts: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not self.findings

    @property
    def text(self) -> str:
        if self.ok:
            whole = f"{self.path.name}: {self.parts} parts, every byte as packed"
            return f"{whole}\nid     {self.id}\nas of  {self.as_of}"
        lines = [f"{self.path.name} is NOT what was packed:"]
        return "\n".join([*lines, *(f"  {found.part}: {found.why}" for found in self.findings)])


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def seal_of(stretches: list[tuple[str, bytes]]) -> bytes:
    """The archive's closing comment: name, length and hash of every stretch before it, then its own hash."""
    listed = json.dumps([[name, len(content), sha256(content)] for name, content in stretches]).encode()
    body = SEAL_MARK + listed + str(len(listed)).rjust(LENGTH_DIGITS, "0").encode()
    return body + sha256(body).encode()


def verify(path: Path) -> Verdict:
    """Never raises for what is in the file; OSError when it cannot be read at all."""
    content = path.read_bytes()
    findings = list(_against_seal(content))
    manifest, parts, more = _against_manifest(content)
    blamed = {found.part for found in findings}
    findings += [found for found in more if found.part not in blamed]
    named = manifest or {}
    return Verdict(path, named.get("id"), named.get("as_of"), parts, tuple(findings))


def _against_seal(content: bytes) -> Iterator[Finding]:
    end = len(content) - HASH_BYTES
    body_end = end - LENGTH_DIGITS
    digits = content[body_end:end] if body_end > 0 else b""
    start = body_end - int(digits) - len(SEAL_MARK) if digits.isdigit() else -1
    if start < 0 or sha256(content[start:end]).encode() != content[end:]:
        yield Finding("the seal", "it is damaged or missing: the file's end was changed, cut off or added to")
        return
    position = 0
    try:
        sealed = [
            (str(n), int(s), str(h)) for n, s, h in json.loads(content[start + len(SEAL_MARK) : body_end])
        ]
    except (ValueError, TypeError):
        yield Finding("the seal", "it is not one of ours")
        return
    for name, length, expected in sealed:
        if sha256(content[position : position + length]) != expected:
            yield Finding(name, "its bytes in the archive were changed")
        position += length
    if position != start:
        yield Finding(DIRECTORY, f"{start - position} bytes were added or removed")


def _against_manifest(content: bytes) -> tuple[dict[str, Any] | None, int, list[Finding]]:
    """The manifest with its id, how many parts there are, and what does not fit."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except UNREADABLE as fault:
        return None, 0, [Finding(DIRECTORY, f"this is no readable zip archive ({fault})")]
    found: dict[str, bytes] = {}
    findings: list[Finding] = []
    for name in archive.namelist():
        if name in found:
            findings.append(Finding(name, "it is there twice"))
        try:
            found[name] = archive.read(name)
        except UNREADABLE as fault:
            findings.append(Finding(name, f"it cannot be read ({fault})"))
    try:
        manifest = json.loads(found[MANIFEST])
        expected = {name: str(part["sha256"]) for name, part in manifest["parts"].items()}
        manifest["id"] = sha256(found[MANIFEST])
        envelope = json.loads(found[ENVELOPE])
        picture = envelope["png"]
        core = str(envelope["id"])
    except (KeyError, ValueError, TypeError, AttributeError) as fault:
        return (
            None,
            len(found),
            [*findings, Finding(MANIFEST, f"it or the envelope cannot be read ({fault!r})")],
        )
    if core != manifest["id"]:
        findings.append(Finding(MANIFEST, "its hash is not the id the envelope names"))
    if isinstance(picture, dict):
        expected[PICTURE] = str(picture.get("sha256"))
    findings += _unlike(expected, found)
    return manifest, len(found), findings


def _unlike(expected: dict[str, str], found: dict[str, bytes]) -> Iterator[Finding]:
    for name, digest in expected.items():
        if name not in found:
            yield Finding(name, "it is missing")
        elif sha256(found[name]) != digest:
            yield Finding(name, "its content is not what the manifest says")
    for name in found.keys() - expected.keys() - {MANIFEST, ENVELOPE}:
        yield Finding(name, "it does not belong to the snapshot")


if __name__ == "__main__":
    verdict = verify(Path(sys.argv[1]))
    sys.stdout.write(verdict.text + "\n")
    sys.exit(0 if verdict.ok else 1)
