"""Excel workbooks: read row by row without loading them whole, and written the same way."""

import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from twin.ingest.files.options import ImportRefused
from twin.ingest.workbook.book import Cell
from twin.ingest.workbook.reading import Page

UNPACKED_MOST_BYTES = 2_000_000_000
# Sheets of many blank or equal cells pack well, but not a thousandfold.
RATIO_MOST = 400
RATIO_FROM_BYTES = 20_000_000
CELL_MOST = 32_767
HEAD_BYTES = 4096
LAST_ROW = 1_048_576

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z0-9:$]+)"')
_BLOCK = 1 << 20
_HEADER_FONT = Font(bold=True, color="FFFFFF")
_HEADER_FILL = PatternFill("solid", fgColor="1F4E5F")


def xlsx_pages(path: Path) -> Iterator[Page]:
    merged = _merged(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile, OSError, SyntaxError) as fault:
        raise _unreadable(path) from fault
    try:
        for sheet in book.worksheets:
            # The size that a file claims may be wrong by a million rows or by all of them.
            sheet.reset_dimensions()
            yield Page(sheet.title, _rows(path, sheet), merged.get(sheet.title, ()))
    finally:
        book.close()


def _rows(path: Path, sheet: Any) -> Iterator[tuple[int, Sequence[Cell]]]:
    try:
        yield from enumerate(sheet.iter_rows(values_only=True), start=1)
    except (ElementTree.ParseError, ValueError, KeyError, IndexError, zipfile.BadZipFile, OSError) as fault:
        raise _unreadable(path) from fault


def _unreadable(path: Path) -> ImportRefused:
    return ImportRefused(
        f"{path.name} is no Excel workbook that can be read.",
        "Open it in Excel or WPS and save it again as .xlsx, without a password.",
    )


def _merged(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Merged ranges by sheet; on the way a file that would unpack without end is refused."""
    try:
        with zipfile.ZipFile(path) as packed:
            _refuse_bomb(path, packed)
            return {name: _ranges(packed, part) for name, part in _parts(packed)}
    except (
        zipfile.BadZipFile,
        KeyError,
        ElementTree.ParseError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as fault:
        raise _unreadable(path) from fault


def _refuse_bomb(path: Path, packed: zipfile.ZipFile) -> None:
    whole = sum(each.file_size for each in packed.infolist())
    steep = any(
        each.file_size > max(RATIO_FROM_BYTES, RATIO_MOST * each.compress_size) for each in packed.infolist()
    )
    if whole > UNPACKED_MOST_BYTES or steep:
        raise ImportRefused(
            f"{path.name} would unpack to {whole / 1e6:.0f} MB: it is not a sheet that people filled in.",
            "Save it again from Excel or WPS, or divide it.",
        )
    for each in packed.infolist():
        if each.filename.endswith((".xml", ".rels")):
            with packed.open(each) as part:
                if b"<!DOCTYPE" in part.read(HEAD_BYTES):
                    raise ImportRefused(
                        f"{path.name} declares entities, which no workbook does.", "Save it again from Excel."
                    )


def _parts(packed: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Sheet name and the part of the file that holds it."""
    relations = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - no entities, seen above
    target = {each.get("Id"): each.get("Target", "") for each in relations}
    book = ElementTree.fromstring(packed.read("xl/workbook.xml"))  # noqa: S314 - no entities, seen above
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            link = next(value for name, value in sheet.attrib.items() if name.endswith("}id"))
            part = target[link]
            yield sheet.get("name", ""), part.lstrip("/") if part.startswith("/") else f"xl/{part}"


def _ranges(packed: zipfile.ZipFile, part: str) -> tuple[str, ...]:
    found: list[str] = []
    tail = b""
    with packed.open(part) as content:
        while block := content.read(_BLOCK):
            window = tail + block
            last = 0
            for match in _MERGED.finditer(window):
                found.append(match.group(1).decode().replace("$", ""))
                last = match.end()
            tail = window[max(last, len(window) - 200) :]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet to be written; `lists` offer words by column, `texts` are columns whose cells stay texts."""

    name: str
    rows: Iterable[Sequence[Cell]]
    has_header: bool = False
    widths: Sequence[float] = ()
    lists: Mapping[int, Sequence[str]] = field(default_factory=dict)
    texts: frozenset[int] = frozenset()


def write_xlsx(target: IO[bytes], papers: Iterable[Paper]) -> None:
    book = Workbook(write_only=True)
    for paper in papers:
        sheet = book.create_sheet(paper.name)
        _furnish(sheet, paper)
        rows = iter(paper.rows)
        if paper.has_header:
            sheet.append([_header_cell(sheet, cell) for cell in next(rows)])
        for row in rows:
            sheet.append([_cell(sheet, cell) for cell in row])
    book.save(target)


def _furnish(sheet: Any, paper: Paper) -> None:
    if paper.has_header:
        sheet.freeze_panes = "B2"
    for number, width in enumerate(paper.widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for number in paper.texts:
        # What is typed below the last row stays a text: an ID number keeps its last digits.
        sheet.column_dimensions[get_column_letter(number + 1)].number_format = "@"
    for number, words in paper.lists.items():
        letter = get_column_letter(number + 1)
        offered = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
        offered.add(f"{letter}2:{letter}{LAST_ROW}")
        sheet.data_validations.append(offered)


def _header_cell(sheet: Any, cell: Cell) -> Any:
    made = WriteOnlyCell(sheet, value=cell)
    made.font, made.fill = _HEADER_FONT, _HEADER_FILL
    made.alignment = Alignment(wrap_text=True, vertical="top")
    return made


def _cell(sheet: Any, cell: Cell) -> Any:
    if not isinstance(cell, str):
        return cell
    if len(cell) > CELL_MOST:
        raise ImportRefused(
            f"An outline has {len(cell)} characters; a cell of Excel holds {CELL_MOST}.",
            "Export to a folder of CSV instead: give a name without .xlsx.",
        )
    if cell.startswith("="):
        made = WriteOnlyCell(sheet, value=cell)
        made.data_type = "s"  # a text, not a formula
        return made
    return cell


def create_private(path: Path) -> IO[bytes]:
    """A new file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")
