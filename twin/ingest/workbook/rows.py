"""Rows of the sheets ⇄ rows of the store's tables, both ways by the same columns."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from twin.ingest.workbook.book import Cells
from twin.ingest.workbook.fields import NUMBER_DECIMALS, Field, Sheet
from twin.ingest.workbook.shapes import Shapes
from twin.ingest.workbook.sheets import SHEETS
from twin.model.coordinates import LocalFrame

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]
# Sheet → key → cells: what the twin will hold.
Known = Mapping[str, Mapping[str, Cells]]

CHENGDU = timezone(timedelta(hours=8))
CATEGORY_MARK = "、"
_PARTS = re.compile(r"(\d+)")


def sheets_of(tables: Tables, shapes: Shapes | LocalFrame) -> dict[str, list[Cells]]:
    """The sheets of one community's rows; persons' `identity` and `detail` lie in them in the clear.

    A person whose identity nobody can read any more is in no sheet, an entry that has ended neither.
    """
    known = Shapes(shapes) if isinstance(shapes, LocalFrame) else shapes
    joined = _joined(tables)
    return {
        sheet.key: sorted(
            (_cells(sheet, row, known) for row in joined[sheet.key]),
            key=lambda cells: natural(str(cells[sheet.key_field.key])),
        )
        for sheet in SHEETS.values()
    }


def natural(word: str) -> list[tuple[int, int, str]]:
    """b2 comes before b10."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _PARTS.split(word) if part]


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHENGDU)


def ended_keys(tables: Tables) -> dict[str, frozenset[str]]:
    """By sheet the keys of entries that have ended: they stay as they are."""
    joined = _joined(tables, ended=True)
    return {
        sheet.key: frozenset(str(_stored(sheet.key_field, row)) for row in joined[sheet.key])
        for sheet in SHEETS.values()
    }


def _joined(tables: Tables, *, ended: bool = False) -> Mapping[str, Iterable[Row]]:
    found: dict[str, Iterable[Row]] = {
        sheet.key: [row for row in tables.get(sheet.table, ()) if (row.get("valid_to") is not None) == ended]
        for sheet in SHEETS.values()
    }
    identities = {
        row["person_id"]: row["identity"] for row in tables.get("person", ()) if row.get("identity")
    }
    households = {row["id"]: row["household_no"] for row in tables.get("household", ())}
    for key in ("staff", "volunteers", "residents", "care"):
        is_volunteers = key == "volunteers"
        found[key] = [
            {
                **row,
                "identity": identities[row["person_id"]],
                "household_no": households.get(row.get("household_id")),
            }
            for row in found[key]
            if row["person_id"] in identities
            and (key not in ("staff", "volunteers") or (row["role"] == "volunteer") == is_volunteers)
        ]
    return found


def _cells(sheet: Sheet, row: Row, shapes: Shapes) -> Cells:
    cells: Cells = {}
    for field in sheet.stored:
        match field.kind:
            case "lon":
                cells["lon"], cells["lat"] = shapes.lonlat(row["x_m"], row["y_m"])
            case "lat":
                pass
            case "geometry":
                wkb = row[field.column]
                cells[field.key] = None if wkb is None else shapes.wkt(bytes(wkb))
            case _:
                cells[field.key] = _cell(field, _stored(field, row))
    return cells


def _stored(field: Field, row: Row) -> Any:
    if not field.is_sealed:
        return row[field.column]
    part, name = field.column.split(".")
    value = (row.get(part) or {}).get(name)
    return CATEGORY_MARK.join(value) or None if isinstance(value, list) else value


def _cell(field: Field, value: Any) -> Any:
    match field.kind:
        case "date" if isinstance(value, datetime):
            return value.astimezone(CHENGDU).date()
        case "date" if isinstance(value, str):
            return date.fromisoformat(value)
        case "number" if value is not None:
            return round(float(value), NUMBER_DECIMALS) + 0.0
        case _:
            return value


def store_rows(
    sheet: Sheet, cells: Cells, known: Known, shapes: Shapes, person_id: Callable[[str, str], str]
) -> Iterable[tuple[str, Row]]:
    """(table, row) without community12 and provenance; `person_id` knows (list, number)."""
    row: Row = dict(sheet.constants)
    sealed: dict[str, Row] = defaultdict(dict)
    for field in sheet.stored:
        value = cells.get(field.key)
        if field.is_sealed:
            part, name = field.column.split(".")
            sealed[part][name] = _plain(field, value)
        elif field.kind not in ("lon", "lat", "geometry"):
            row[field.column] = midnight(value) if field.kind == "date" and isinstance(value, date) else value
    row |= _place(cells, shapes)
    if sheet.key == "units" and "x_m" not in row:
        row |= _place(known["entrances"][str(cells["entrance"])], shapes) | {"geom_wkb": None}
    match sheet.key:
        case "staff" | "volunteers":
            row["person_id"] = person_id(sheet.persons, str(cells["no"]))
            yield _person(row["person_id"], cells, sealed)
        case "residents":
            yield from _resident(row, cells, sealed, person_id)
        case "care":
            row["person_id"] = person_id("resident", str(cells["no"]))
            row["id"] = row["person_id"].replace("p-", "k-", 1)
            row["unit_id"] = known["residents"][str(cells["no"])]["unit"]
            row["detail"] = sealed["detail"]
    yield sheet.table, row


def _place(cells: Cells, shapes: Shapes) -> Row:
    if isinstance(wkt := cells.get("geometry"), str):
        shape = shapes.metres(wkt)
        sides = dict(zip(("min_x_m", "min_y_m", "max_x_m", "max_y_m"), shape.box_m, strict=True))
        return {"geom_wkb": shape.wkb, "x_m": shape.x_m, "y_m": shape.y_m, "area_m2": shape.area_m2, **sides}
    lon, lat = cells.get("lon"), cells.get("lat")
    if isinstance(lon, float) and isinstance(lat, float):
        x_m, y_m = shapes.local(lon, lat)
        return {"x_m": x_m, "y_m": y_m}
    return {}


def _plain(field: Field, value: Any) -> Any:
    if field.column == "detail.categories":
        return value.split(CATEGORY_MARK) if value else []
    return value.isoformat() if isinstance(value, date) else value


def _person(person_id: str, cells: Cells, sealed: Mapping[str, Row]) -> tuple[str, Row]:
    return "person", {"person_id": person_id, "identity": {"no": cells["no"], **sealed["identity"]}}


def _resident(
    row: Row, cells: Cells, sealed: Mapping[str, Row], person_id: Callable[[str, str], str]
) -> Iterable[tuple[str, Row]]:
    row["person_id"] = person_id("resident", str(cells["no"]))
    row["id"] = row["person_id"].replace("p-", "o-", 1)
    number = row.pop("household_no", None)
    row["household_id"] = f"h-{number}" if number else None
    yield _person(row["person_id"], cells, sealed)
    if number:
        yield "household", {"id": row["household_id"], "household_no": number, "unit_id": row["unit_id"]}
