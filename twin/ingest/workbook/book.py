"""A workbook as it was read: which sheets with which columns, and the rows as they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from twin.ingest.workbook.fields import Field, Sheet

# None, text, number, truth, or a day: what a file's cell holds, and what a judged cell holds.
Cell = object
Cells = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class RawSheet:
    """`columns` are position and field; a line is the row's number as a spreadsheet shows it, and cells."""

    sheet: Sheet
    columns: tuple[tuple[int, Field], ...]
    width: int
    lines: Sequence[tuple[int, Sequence[Cell]]]

    def has(self, key: str) -> bool:
        return any(each.key == key for _, each in self.columns)


@dataclass(frozen=True, slots=True)
class Info:
    """What the help sheet says of the whole workbook."""

    community12: str = ""
    crs: str = ""
    masked: bool = False
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    name: str
    format: str
    sha256: str
    info: Info
    sheets: Mapping[str, RawSheet] = field(default_factory=dict)


def book_of(sheets: Mapping[str, Sequence[Cells]], info: Info, by_key: Mapping[str, Sheet]) -> Book:
    """A workbook that no file holds: judged rows as raw ones."""
    raw = {}
    for key, rows in sheets.items():
        fields = by_key[key].stored
        lines = [
            (number, [cells.get(each.key) for each in fields]) for number, cells in enumerate(rows, start=2)
        ]
        raw[key] = RawSheet(by_key[key], tuple(enumerate(fields)), len(fields), lines)
    return Book("", "memory", "", info, raw)
