"""DuckDB's write-ahead log as bytes: which transactions in it are whole.

Measured on 1.5.5: a header, then entries of size (u64), checksum (u64) and data; a transaction ends with a
flush entry. DuckDB refuses all for one wrong byte, and silently takes a wrong size for a torn tail.
"""

from dataclasses import dataclass

import numpy as np

HEADER = bytes.fromhex("640062650002ffff")
FLUSH = bytes.fromhex("0500000000000000e7fe7d722fed3d5e640064ffff")
_FRAME = 16
_MASK = (1 << 64) - 1
_WORD = 0xBF58476D1CE4E5B9
_MIX = 0xC6A4A7935BD1E995


@dataclass(frozen=True, slots=True)
class Scan:
    """`good_bytes` ends after the last transaction that can be trusted."""

    total_bytes: int
    good_bytes: int

    @property
    def is_whole(self) -> bool:
        return self.good_bytes == self.total_bytes


def checksum(data: bytes) -> int:
    """DuckDB's checksum of a WAL entry."""
    even = len(data) // 8 * 8
    result = 5381
    if even:
        words = np.frombuffer(data, dtype="<u8", count=even // 8)
        result ^= int(np.bitwise_xor.reduce(words * np.uint64(_WORD)))
    return result ^ _rest(data[even:]) if even < len(data) else result


def scan(log: bytes, *, check: bool) -> Scan:
    """Walk the entries; with `check` compare checksums too (needed only when DuckDB refuses the log)."""
    if not log.startswith(HEADER):
        return Scan(len(log), 0)
    position = good = len(HEADER)
    while position + _FRAME <= len(log):
        size = int.from_bytes(log[position : position + 8], "little")
        end = position + _FRAME + size
        if size == 0 or end > len(log):
            break
        if check and checksum(log[position + _FRAME : end]) != _stored(log, position):
            break
        if size == len(FLUSH) - _FRAME and log[position:end] == FLUSH:
            good = end
        position = end
    return Scan(len(log), good)


def _stored(log: bytes, position: int) -> int:
    return int.from_bytes(log[position + 8 : position + _FRAME], "little")


def _rest(data: bytes) -> int:
    mixed = 0xE17A1465 ^ (len(data) * _MIX & _MASK)
    mixed = (mixed ^ int.from_bytes(data, "little")) * _MIX & _MASK
    mixed = (mixed ^ mixed >> 47) * _MIX & _MASK
    return mixed ^ mixed >> 47
