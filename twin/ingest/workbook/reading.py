"""Opens a workbook, .xlsx or a folder of CSV, and finds its sheets, headers and rows."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.ingest.files.options import ImportRefused
from twin.ingest.workbook.book import Book, Cell, Info, RawSheet
from twin.ingest.workbook.fields import Field, Sheet
from twin.ingest.workbook.names import (
    field_named,
    is_help,
    nearest_field,
    nearest_sheet,
    plain,
    sheet_named,
)
from twin.ingest.workbook.report import Oddities
from twin.ingest.workbook.sheets import SHEETS

FILE_MOST_BYTES = 200_000_000
ROWS_MOST = 300_000
CELLS_MOST = 8_000_000
COLUMNS_MOST = 200
# A title may stand above the header.
HEADER_WITHIN = 10
TOLD_EVERY = 2000

INFO_NAMES = {"community12": "community12", "社区代码": "community12", "crs": "crs", "坐标系": "crs"}
INFO_NAMES |= {"masked": "masked", "已脱敏": "masked", "demo": "demo", "演示数据": "demo"}
YES = ("是", "yes", "true", "1")


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of a file; `merged` are its merged ranges, `rows` come with their numbers."""

    name: str
    rows: Iterable[tuple[int, Sequence[Cell]]]
    merged: tuple[str, ...] = ()


def read_book(path: Path, odd: Oddities, progress: Callable[[int], None]) -> Book:
    """Raises ImportRefused for whatever is no workbook."""
    # By name only when needed: each knows a format that the other never loads.
    from twin.ingest.workbook.csv_folder import csv_pages
    from twin.ingest.workbook.xlsx import xlsx_pages

    if not path.exists():
        raise ImportRefused(f"There is no file {path}.", "Check the path.")
    if path.is_dir():
        return _book(path.name, "CSV", _digest(sorted(path.glob("*.csv"))), csv_pages(path), odd, progress)
    if path.suffix.lower() != ".xlsx":
        remedy = "Save it as .xlsx, or as a folder of .csv files, one a sheet."
        raise ImportRefused(f"Files ending in {path.suffix or 'nothing'} are no workbook.", remedy)
    size = path.stat().st_size
    if size > FILE_MOST_BYTES:
        limit = f"more than {FILE_MOST_BYTES / 1e6:.0f}"
        raise ImportRefused(f"{path.name} has {size / 1e6:.0f} MB, {limit}.", "Divide it by sheets.")
    return _book(path.name, "xlsx", _digest([path]), xlsx_pages(path), odd, progress)


def _digest(files: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    try:
        for file in files:
            with file.open("rb") as content:
                whole.update(hashlib.file_digest(content, "sha256").digest())
    except OSError as fault:
        raise ImportRefused(
            f"{fault.filename} cannot be read: {fault.strerror}.", "Check who may read it."
        ) from fault
    return whole.hexdigest()


def _book(
    name: str, format: str, sha256: str, pages: Iterator[Page], odd: Oddities, progress: Callable[[int], None]
) -> Book:
    info, sheets, count = Info(), dict[str, RawSheet](), _Counted(progress)
    for page in pages:
        sheet = sheet_named(page.name)
        if is_help(page.name):
            info = _info(page)
        elif sheet is None:
            remedy = "leave it, or rename it to one of the sheets in 说明"
            reason = f"this sheet is not known and was not read{nearest_sheet(page.name)}"
            odd.add("noted", "unknown-sheet", page.name[:40], None, "", reason, remedy)
        elif sheet.key in sheets:
            raise ImportRefused(f"Two sheets are {sheet.zh} ({sheet.key}).", "Join them, or remove one.")
        elif raw := _sheet(sheet, page, odd, count):
            sheets[sheet.key] = raw
    if not sheets:
        known = "、".join(sheet.zh for sheet in SHEETS.values())
        raise ImportRefused(
            f"{name} has none of our sheets.", f"They are: {known}. `twin import --template` writes one."
        )
    return Book(name, format, sha256, info, {key: sheets[key] for key in SHEETS if key in sheets})


class _Counted:
    """Rows and cells read so far; tells, and stops a file that never ends."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        self._progress, self._rows, self._cells = progress, 0, 0

    def add(self, cells: int) -> None:
        self._rows += 1
        self._cells += cells
        if self._rows % TOLD_EVERY == 0:
            self._progress(self._rows)
        if self._cells > CELLS_MOST:
            raise ImportRefused(f"The workbook has more than {CELLS_MOST} cells.", "Divide it by sheets.")


def _info(page: Page) -> Info:
    """From rows like `crs | cgcs2000` among the first of the help sheet."""
    found: dict[str, str] = {}
    for _, cells in zip(range(30), (cells for _, cells in page.rows), strict=False):
        words = [str(cell).strip() for cell in cells[:2] if cell is not None]
        if len(words) == 2 and (key := INFO_NAMES.get(plain(words[0]))):
            found.setdefault(key, words[1])
    masked, demo = (found.get(key, "").casefold() in YES for key in ("masked", "demo"))
    return Info(found.get("community12", ""), found.get("crs", ""), masked, demo)


def _sheet(sheet: Sheet, page: Page, odd: Oddities, count: _Counted) -> RawSheet | None:
    lines: list[tuple[int, Sequence[Cell]]] = []
    above: list[tuple[int, Sequence[Cell]]] = []
    header: tuple[tuple[int, Field], ...] | None = None
    width = 0
    for row, cells in page.rows:
        if all(cell is None or cell == "" for cell in cells):
            continue
        count.add(len(cells))
        if header is not None:
            lines.append((row, cells))
            if len(lines) > ROWS_MOST:
                raise ImportRefused(f"Sheet {sheet.zh} has more than {ROWS_MOST} rows.", "Divide it.")
        elif _is_header(sheet, cells):
            header, width = _header(sheet, row, cells, odd)
        else:
            above.append((row, cells))
            if len(above) > HEADER_WITHIN:
                break
    if header is None:
        if above:
            _tell_headless(sheet, odd)
        return None if above else RawSheet(sheet, (), 0, ())
    _tell_merged(sheet, page, odd)
    return RawSheet(sheet, header, width, lines)


def _is_header(sheet: Sheet, cells: Sequence[Cell]) -> bool:
    words = [str(cell) for cell in cells if cell is not None and str(cell).strip()]
    known = sum(field_named(sheet, word) is not None for word in words)
    return known >= 2 or (known == 1 and len(words) == 1)


def _header(
    sheet: Sheet, row: int, cells: Sequence[Cell], odd: Oddities
) -> tuple[tuple[tuple[int, Field], ...], int]:
    if len(cells) > COLUMNS_MOST:
        raise ImportRefused(
            f"Sheet {sheet.zh} has {len(cells)} columns.", f"At most {COLUMNS_MOST} are read."
        )
    columns: list[tuple[int, Field]] = []
    width = 0
    for position, cell in enumerate(cells):
        if cell is None or not str(cell).strip():
            continue
        width = position + 1
        field = field_named(sheet, str(cell))
        if field is None:
            name = str(cell)[:40]
            reason = f"the column {name!r} is not known and was not read{nearest_field(sheet, name)}"
            odd.add("noted", "unknown-column", sheet.key, row, name, reason, "rename it, or leave it")
        else:
            columns.append((position, field))
    twice = [field.zh for field, times in Counter(field for _, field in columns).items() if times > 1]
    if twice:
        raise ImportRefused(
            f"Sheet {sheet.zh} has two columns {', '.join(twice)}.", "Remove or rename one of them."
        )
    return tuple(columns), width


def _tell_headless(sheet: Sheet, odd: Oddities) -> None:
    names = "、".join(field.zh for field in sheet.fields[:4])
    reason = f"no row of the first {HEADER_WITHIN} is a header with columns of this sheet"
    odd.add("rejected", "no-header", sheet.key, None, "", reason, f"write one: {names} …")


def _tell_merged(sheet: Sheet, page: Page, odd: Oddities) -> None:
    for place in page.merged:
        reason = f"the cells {place} are merged: only the first of them has a value, the others read as blank"
        remedy = "take the merge back and fill every cell"
        odd.add("noted", "merged", sheet.key, _first_row(place), "", reason, remedy)


def _first_row(place: str) -> int | None:
    digits = "".join(letter for letter in place.split(":")[0] if letter.isdigit())
    return int(digits) if digits else None
