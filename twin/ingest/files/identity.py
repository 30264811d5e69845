"""Who a building is: the file's id where it names one building only, else its footprint."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twin.ingest.files.report import Oddities
from twin.ingest.files.staging import Marks

# With fewer single values than this a field is a class or a constant, not an identity.
MOSTLY_SINGLE = 0.9

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Per staged row: whether it is kept (a footprint that came before is not), and whether its id counts."""

    kept: NDArray[np.bool_]
    by_source: NDArray[np.bool_]


def short_hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def hashes(words: Sequence[str | None]) -> NDArray[np.uint64]:
    made: NDArray[np.uint64] = pd.util.hash_array(np.array([word or "" for word in words], dtype=object))
    return made


def building_id(source_id: str | None, shape_id: str, by_source: bool) -> str:
    """Ids stand in links: what is not plain enough for one is hashed."""
    if not by_source or source_id is None:
        return f"g{shape_id}"
    return source_id if _PLAIN.fullmatch(source_id) else f"s{short_hash(source_id.encode())}"


def identify(marks: Marks, field: str | None, odd: Oddities) -> Identity:
    by_source = _single(marks, field, odd)
    kept = np.ones(len(marks.row), dtype=bool)
    anonymous = np.flatnonzero(~by_source)
    _, first, inverse = np.unique(marks.shape_hash[anonymous], return_index=True, return_inverse=True)
    firsts = anonymous[first][inverse]
    for at, original in zip(anonymous, firsts, strict=True):
        if at != original:
            kept[at] = False
            reason = f"it is the same footprint as row {marks.row[original]}"
            odd.add("rejected", "duplicate", int(marks.row[at]), "geometry", reason, "remove one")
    return Identity(kept, by_source)


def _single(marks: Marks, field: str | None, odd: Oddities) -> NDArray[np.bool_]:
    """Which rows have an id that no other row has."""
    total = len(marks.row)
    if field is None:
        odd.add(
            "noted", "no-id", None, "id", "no field holds an id: buildings are known by their footprints",
            "if there is one: --map id=FIELD",
        )  # fmt: skip
        return np.zeros(total, dtype=bool)
    having = np.flatnonzero(marks.has_source)
    _, inverse, counts = np.unique(marks.source_hash[having], return_inverse=True, return_counts=True)
    single = np.zeros(total, dtype=bool)
    single[having] = counts[inverse] == 1
    remedy = "give every building its own id, or name another field: --map id=FIELD"
    if single.sum() < MOSTLY_SINGLE * max(1, len(having)):
        reason = (
            f"it is no identity: {total} rows share {len(counts)} value{'s' * (len(counts) != 1)}; "
            "buildings are known by their footprints"
        )
        odd.add("noted", "id-not-unique", None, field, reason, remedy)
        return np.zeros(total, dtype=bool)
    for at in having[counts[inverse] > 1]:
        reason = "other rows have the same id: this building is known by its footprint"
        odd.add("noted", "id-not-unique", int(marks.row[at]), field, reason, remedy)
    if len(having) < total:
        reason = f"{total - len(having)} rows have no id: these buildings are known by their footprints"
        odd.add("noted", "no-id", None, field, reason, remedy)
    return single
