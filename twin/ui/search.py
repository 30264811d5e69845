"""Search over places, devices and tickets: an index in memory, made again when its tables change."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from twin.model.clearance import Clearance
from twin.ui.services import Services

HITS_MAX = 20
QUERY_MAX = 60


@dataclass(frozen=True, slots=True)
class Shelfmark:
    """Where one kind of hit comes from. `tables` are those that name it: a reading changes no index.

    `layer` draws what is no building: without it a hit would lead to an empty spot.
    """

    kind: str
    sql: str
    tables: frozenset[str]
    layer: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found: its normalised texts and the hit with its drill target."""

    texts: tuple[str, ...]
    rank: int
    hit: dict[str, Any]


# Each query gives: id, label, sub, building_id, storey, unit_id, x_m, y_m and `words` to find it by.
# Their order is the order of equally good hits.
SOURCES = (
    Shelfmark(
        "compound",
        """SELECT id, name AS label, address AS sub, NULL AS building_id, NULL AS storey, NULL AS unit_id,
             x_m, y_m, [id, name, address] AS words FROM compound_at($at, $clearance)""",
        frozenset({"compound"}),
    ),
    Shelfmark(
        "building",
        """SELECT id, coalesce(name, address, id) AS label, concat_ws(' · ', compound_name, address) AS sub,
             id AS building_id, NULL AS storey, NULL AS unit_id, x_m, y_m,
             [id, name, address, concat(compound_name, name)] AS words FROM building_at($at, $clearance)""",
        frozenset({"building", "compound"}),
    ),
    Shelfmark(
        "grid",
        """SELECT id, name AS label, code AS sub, NULL AS building_id, NULL AS storey, NULL AS unit_id,
             x_m, y_m, [id, name, code] AS words FROM grid_at($at, $clearance)""",
        frozenset({"grid"}),
    ),
    Shelfmark(
        "facility",
        """SELECT id, name AS label, category AS sub, building_id, storey_ordinal AS storey, NULL AS unit_id,
             x_m, y_m, [id, name] AS words FROM facility_at($at, $clearance)""",
        frozenset({"facility"}),
    ),
    Shelfmark(
        "restaurant",
        """SELECT id, name AS label, device_id AS sub, building_id, storey_ordinal AS storey, NULL AS unit_id,
             x_m, y_m, [id, name] AS words FROM restaurant_at($at, $clearance)""",
        frozenset({"restaurant"}),
    ),
    Shelfmark(
        "lane",
        """SELECT id, name AS label, concat_ws(' · ', compound_name, id) AS sub, NULL AS building_id,
             NULL AS storey, NULL AS unit_id, x_m, y_m, [id, name, concat(compound_name, name)] AS words
           FROM lane_at($at, $clearance)""",
        frozenset({"lane", "compound"}),
        layer="fire_lanes",
    ),
    Shelfmark(
        "asset",
        """SELECT id, name AS label, id AS sub, NULL AS building_id, NULL AS storey, NULL AS unit_id,
             x_m, y_m, [id, name] AS words FROM asset_at($at, $clearance)""",
        frozenset({"asset"}),
        layer="assets",
    ),
    Shelfmark(
        "unit",
        """SELECT u.id, concat_ws(' ', b.name, u.entrance_name, u.room) AS label,
             concat_ws(' · ', b.compound_name, b.address) AS sub, u.building_id, u.storey_ordinal AS storey,
             u.id AS unit_id, u.x_m, u.y_m,
             [u.id, concat(b.name, u.entrance_name, u.room),
              concat(b.compound_name, b.name, u.entrance_name, u.room),
              concat(b.address, u.entrance_name, u.room), concat(b.name, u.room)] AS words
           FROM unit_at($at, $clearance) u JOIN building_at($at, $clearance) b ON b.id = u.building_id""",
        frozenset({"unit", "building", "entrance", "compound"}),
    ),
    Shelfmark(
        "ticket",
        """SELECT ticket_id AS id, coalesce(title, category) AS label,
             concat_ws(' · ', ticket_id, category) AS sub,
             building_id, storey_ordinal AS storey, unit_id, x_m, y_m, [ticket_id, title, category] AS words
           FROM ticket_at($at, $clearance)""",
        frozenset({"ticket_now"}),
    ),
    Shelfmark(
        "device",
        """SELECT d.device_id AS id, d.label, d.device_id AS sub, d.building_id, d.storey_ordinal AS storey,
             d.unit_id, d.x_m, d.y_m, [d.device_id, d.label, c.gb28181] AS words
           FROM device_at($at, $clearance) d
           LEFT JOIN camera_at($at, $clearance) c ON c.device_id = d.device_id""",
        frozenset({"device", "camera"}),
    ),
)
KINDS = tuple(source.kind for source in SOURCES)


class Index:
    """The entries of one clearance, source by source; a source is read again when its tables moved."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[int, tuple[Entry, ...]]] = {}

    def entries(self, services: Services, clearance: Clearance) -> Iterator[Entry]:
        for rank, source in enumerate(SOURCES):
            place, version = (source.kind, clearance.key), services.store.version(source.tables)
            kept = self._kept.get(place)
            if kept is None or kept[0] != version:
                kept = self._kept[place] = (version, _read(services, clearance, source, rank))
            yield from kept[1]


def search(
    services: Services, query: str, clearance: Clearance, limit: int = HITS_MAX
) -> list[dict[str, Any]]:
    """At most 20 hits: what is exactly that first, then what begins with it, then what contains it."""
    wanted = normal(query[:QUERY_MAX])
    if not wanted:
        return []
    found = [
        (place, entry.rank, len(entry.texts[0]), str(entry.hit["label"]), index, entry.hit)
        for index, entry in enumerate(services.index.entries(services, clearance))
        if (place := _place(entry.texts, wanted)) is not None
    ]
    return [hit for *_, hit in sorted(found, key=lambda item: item[:5])[: max(1, min(limit, HITS_MAX))]]


def _read(services: Services, clearance: Clearance, source: Shelfmark, rank: int) -> tuple[Entry, ...]:
    entries = []
    for row in services.rows(source.sql, clearance).to_pylist():
        texts = dict.fromkeys(normal(word) for word in (row["label"], *row.pop("words")) if word)
        entries.append(Entry(tuple(texts), rank, {"kind": source.kind, "layer": source.layer, **row}))
    return tuple(entries)


def _place(texts: tuple[str, ...], wanted: str) -> int | None:
    """0 exact, 1 prefix, 2 contained, None not found; a number is never found inside a longer number."""
    best: int | None = None
    for text in texts:
        if text == wanted:
            return 0
        at = _found_at(text, wanted)
        if at is not None:
            best = min(best if best is not None else 2, 1 if at == 0 else 2)
    return best


def _found_at(text: str, wanted: str) -> int | None:
    at = text.find(wanted)
    # “3栋” is not the end of “13栋”: a leading number must start where the text's number starts.
    while at > 0 and wanted[0].isdigit() and text[at - 1].isdigit():
        at = text.find(wanted, at + 1)
    return None if at < 0 else at


_NUMERAL = re.compile("[〇零一二三四五六七八九十百]+")
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0}
_GAPS = re.compile(r"[\s\-_·,，、.。/()（）#]+")
_SAME = (("号楼", "栋"), ("幢", "栋"), ("座", "栋"), ("号院", "院"))


def normal(text: str) -> str:
    """One spelling for many: half width, 三栋 as 3栋, 号楼 and 幢 as 栋, no gaps, small letters."""
    plain = _GAPS.sub("", unicodedata.normalize("NFKC", text).casefold())
    for spelling, ours in _SAME:
        plain = plain.replace(spelling, ours)
    return _NUMERAL.sub(lambda found: _number(found.group()), plain)


def _number(numeral: str) -> str:
    """二十三 → 23, 一百零二 → 102, 二〇三 → 203."""
    if not set(numeral) & {"十", "百"}:
        return "".join(str(_DIGITS[c]) for c in numeral)
    total, digit = 0, None
    for c in numeral:
        if c in "十百":
            total += (1 if digit is None else digit) * (10 if c == "十" else 100)
            digit = None
        else:
            digit = _DIGITS[c]
    return str(total + (digit or 0))
