"""Rows as they were read → rows as they are meant, or why not: each sheet after those it refers to."""

from collections.abc import Callable, Sequence

from twin.ingest.files.options import ImportRefused
from twin.ingest.workbook.book import Book, Cell, Cells, RawSheet
from twin.ingest.workbook.case import Case, Line, Lines
from twin.ingest.workbook.cells import CellFault, parsed
from twin.ingest.workbook.completing import complete
from twin.ingest.workbook.fields import Sheet
from twin.ingest.workbook.rules import hold
from twin.ingest.workbook.shapes import ShapeFault, point_in_degrees
from twin.ingest.workbook.sheets import ORDER, SHEETS
from twin.model.coordinates import LON_LAT_CRS

FAR_DEGREES = 1.0
PROGRESS_ROWS = 2000


def judge(book: Book, case: Case, progress: Callable[[int], None]) -> None:
    """Fills the case. Raises ImportRefused for coordinates of which nobody says what they are."""
    count = 0
    for key in ORDER:
        sheet, lines = SHEETS[key], Lines()
        raw = book.sheets.get(key)
        if raw is not None and raw.lines:
            lines = _taken(raw, case)
            count += case.read[key]
            progress(count)
        hold(case, sheet, lines)
        case.accept(sheet, lines)


def _taken(raw: RawSheet, case: Case) -> Lines:
    """The rows that are good by themselves, by their key."""
    sheet, lines = raw.sheet, Lines()
    missing = _tell_missing(raw, case)
    first: dict[str, int] = {}
    for row, cells in raw.lines:
        if all(cell is None or cell == "" for cell in cells):
            continue
        case.read[sheet.key] += 1
        line = _line(raw, row, cells, case, missing)
        if line is None:
            continue
        key = str(line.cells[sheet.key_field.key])
        if key in case.ended.get(sheet.key, ()):
            reason = "the twin knows this number as one that has ended"
            case.reject("ended", sheet, row, sheet.key_field.key, reason, "give the new entry a new number")
            continue
        if key in first:
            reason = f"row {first[key]} has the same {sheet.key_field.zh}"
            case.reject(
                "duplicate", sheet, row, sheet.key_field.key, reason, "give it its own, or remove one row"
            )
            continue
        first[key] = row
        lines[key] = line
    return lines


def _tell_missing(raw: RawSheet, case: Case) -> frozenset[str]:
    """Required columns that the sheet does not have."""
    sheet = raw.sheet
    absent = [
        each for each in sheet.stored if each.required and each.default is None and not raw.has(each.key)
    ]
    for each in absent:
        reason = f"the sheet has no column {each.zh} ({each.key})"
        remedy = "add the column; `twin import --template FILE.xlsx` writes all of them"
        if sheet.key_field is each or not case.held.get(sheet.key):
            case.odd.add("rejected", "column-missing", sheet.key, None, each.key, reason, remedy)
        else:
            case.note("column-missing", sheet, None, each.key, f"{reason}: rows not yet held need it", remedy)
    return frozenset(each.key for each in absent)


def _line(raw: RawSheet, row: int, cells: Sequence[Cell], case: Case, missing: frozenset[str]) -> Line | None:
    sheet = raw.sheet
    rejected = case.rejected.setdefault(sheet.key, set())
    if any(cell is not None and cell != "" for cell in cells[raw.width :]):
        reason = f"the row has cells beyond the last column of the header, which has {raw.width}"
        case.reject("over-long", sheet, row, "", reason, "look for a comma too many, or add the header")
        return None
    given = _given(raw, row, cells, case)
    if (key := given.get(sheet.key_field.key)) is not None:
        case.seen.setdefault(sheet.key, set()).add(str(key))
    _place(sheet, row, given, case)
    if row in rejected:
        return None
    old = None if key is None else case.held.get(sheet.key, {}).get(str(key))
    full = _full(sheet, given, old, case)
    for each in sheet.stored:
        if each.required and full.get(each.key) is None:
            told = each.key in missing
            remedy = "fill it in"
            case.reject("required", sheet, row, each.key, f"{each.zh} is blank", remedy, told=told)
    if row in rejected or not complete(case, sheet, row, full):
        return None
    return Line(row, full)


def _given(raw: RawSheet, row: int, cells: Sequence[Cell], case: Case) -> Cells:
    """The cells of the columns that the sheet has."""
    sheet, given, mend = raw.sheet, Cells(), _Mend(case, raw.sheet, row)
    for position, each in raw.columns:
        cell = cells[position] if position < len(cells) else None
        if cell is None or cell == "":
            given[each.key] = None
            continue
        mend.field = each
        try:
            given[each.key] = parsed(each, cell, mend)
        except CellFault as fault:
            case.reject(fault.code, sheet, row, each.key, fault.reason, fault.remedy)
    return given


class _Mend:
    """Says in the report what was mended in the cell of `field`."""

    __slots__ = ("_case", "_row", "_sheet", "field")

    def __init__(self, case: Case, sheet: Sheet, row: int) -> None:
        self._case, self._sheet, self._row, self.field = case, sheet, row, sheet.key_field

    def __call__(self, words: str) -> None:
        remedy = "nothing to do"
        self._case.odd.add("mended", "written", self._sheet.key, self._row, self.field.key, words, remedy)


def _full(sheet: Sheet, given: Cells, old: Cells | None, case: Case) -> Cells:
    """What the row says, else what is held, else the default."""
    full = {}
    for each in sheet.stored:
        value = given.get(each.key)
        if old is not None and (each.key not in given or (value is None and each.is_from_day)):
            value = old[each.key]
        elif value is None:
            value = case.today if each.is_from_day else each.default
        full[each.key] = value
    return full


def _place(sheet: Sheet, row: int, given: Cells, case: Case) -> None:
    """Brings the row's coordinates into our own degrees."""
    crs = given.pop("crs", None) or case.crs or None
    wkt, lon, lat = given.get("geometry"), given.get("lon"), given.get("lat")
    if wkt is None and lon is None and lat is None:
        return
    if crs not in LON_LAT_CRS:
        raise ImportRefused(
            f"Sheet {sheet.zh} ({sheet.key}) has coordinates, and nothing says of what kind they are.",
            "Write crs and cgcs2000, wgs84, gcj02 or bd09 in the first rows of the sheet 说明, "
            "or give --crs.",
        )
    try:
        if isinstance(wkt, str):
            given["geometry"] = wkt = case.shapes.canonical(crs, wkt)
            lon, lat = _first_point(wkt)
        elif isinstance(lon, float) and isinstance(lat, float):
            lon, lat = given["lon"], given["lat"] = point_in_degrees(crs, lon, lat)
        else:
            case.reject("place", sheet, row, "lon", "only one of 经度 and 纬度 is given", "give both")
            return
    except ShapeFault as fault:
        case.reject("geometry", sheet, row, "geometry", str(fault), "draw it again, or correct the text")
        return
    frame, field_key = case.shapes.frame, "geometry" if wkt else "lon"
    if frame.is_set and max(abs(lon - frame.lon0), abs(lat - frame.lat0)) > FAR_DEGREES:
        reason = "it lies more than 100 km from the community"
        case.reject("far", sheet, row, field_key, reason, "check the coordinates and their crs")
    elif case.bounds and not _lies_within(case, lon, lat):
        case.note(
            "outside", sheet, row, field_key, "it lies outside the community's bounds; kept", "check it"
        )


def _first_point(wkt: str) -> tuple[float, float]:
    lon, lat = wkt[wkt.rindex("(", 0, wkt.index(",")) + 1 : wkt.index(",")].split()
    return float(lon), float(lat)


def _lies_within(case: Case, lon: float, lat: float) -> bool:
    assert case.bounds is not None
    west, south, east, north = case.bounds
    slack = 0.002  # some 200 m: a boundary's corner or a tree may stand over it
    return west - slack <= lon <= east + slack and south - slack <= lat <= north + slack
