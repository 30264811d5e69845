"""A folder of CSV files, one a sheet: UTF-8 with or without a mark, UTF-16, or GBK as Chinese desktops write.

A text that begins with = + - @ ' or a tab is written with one ' before it, so that no spreadsheet takes it
for a formula; reading takes one ' away.
"""

import codecs
import csv
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from twin.ingest.files.options import ImportRefused
from twin.ingest.workbook.book import Cell
from twin.ingest.workbook.reading import FILE_MOST_BYTES, Page

ENCODINGS = ("utf-8-sig", "gb18030")
FIELD_MOST = 1_000_000
DELIMITERS = (",", "\t", ";")
_RISKY = ("=", "+", "-", "@", "'", "\t", "\r")
_NUMERIC = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def csv_pages(folder: Path) -> Iterator[Page]:
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".csv")
    if not files:
        raise ImportRefused(f"{folder} holds no .csv files.", "One file a sheet, named after it: 居民.csv.")
    size = sum(file.stat().st_size for file in files)
    if size > FILE_MOST_BYTES:
        limit = f"more than {FILE_MOST_BYTES / 1e6:.0f}"
        raise ImportRefused(f"{folder} has {size / 1e6:.0f} MB of CSV, {limit}.", "Divide it by sheets.")
    for file in files:
        yield Page(file.stem, _rows(file))


def _rows(file: Path) -> Iterator[tuple[int, Sequence[Cell]]]:
    text = _text(file)
    csv.field_size_limit(FIELD_MOST)
    try:
        for row, cells in enumerate(
            csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text)), 1
        ):
            yield row, [None if cell == "" else unguarded(cell) for cell in cells]
    except csv.Error as fault:
        raise ImportRefused(f"{file.name} is no CSV: {fault}.", "Save it again as CSV (UTF-8).") from fault


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise ImportRefused(f"{file} cannot be read: {fault.strerror}.", "Check who may read it.") from fault
    encodings = ("utf-16",) if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ImportRefused(
        f"{file.name} is neither UTF-8 nor GBK text.", "Save it as “CSV UTF-8 (comma delimited)”."
    )


def _delimiter(text: str) -> str:
    """Of the first line that has one; a comma wins over the others."""
    for line in text.splitlines()[:10]:
        for delimiter in DELIMITERS:
            if delimiter in line:
                return delimiter
    return ","


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell


def guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def write_csv(file: Path, rows: Iterable[Sequence[Cell]]) -> None:
    """UTF-8 with a mark, by which Excel knows it; readable by its owner only."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        for row in rows:
            writer.writerow([_written(cell) for cell in row])


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    return guarded(cell) if isinstance(cell, str) else str(cell)
