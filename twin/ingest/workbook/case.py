"""The case under judgement: what came, what is held, and what has been accepted so far."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from twin.ingest.files.community import Bounds
from twin.ingest.workbook.book import Cells
from twin.ingest.workbook.fields import Sheet
from twin.ingest.workbook.report import Oddities
from twin.ingest.workbook.shapes import Shapes


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file with every cell of its sheet, those it does not give taken from the twin."""

    row: int
    cells: Cells


Lines = dict[str, Line]


@dataclass(slots=True)
class Case:
    shapes: Shapes
    bounds: Bounds | None
    demo: bool
    today: date
    crs: str
    held: Mapping[str, Mapping[str, Cells]]
    levels: Mapping[str, frozenset[str]]
    person_id: Callable[[str, str], str]
    erased: frozenset[str]
    real: frozenset[str]
    ended: Mapping[str, frozenset[str]]
    given: frozenset[str]
    odd: Oddities = field(default_factory=Oddities)
    lines: dict[str, Lines] = field(default_factory=dict)
    known: dict[str, Mapping[str, Cells]] = field(default_factory=dict)
    read: Counter[str] = field(default_factory=Counter)
    # Keys that stand in the file, whether their rows were taken or not.
    seen: dict[str, set[str]] = field(default_factory=dict)
    rejected: dict[str, set[int]] = field(default_factory=dict)

    def reject(
        self,
        code: str,
        sheet: Sheet,
        row: int,
        field_key: str,
        reason: str,
        remedy: str,
        *,
        told: bool = False,
    ) -> None:
        """`told`: it was said of the whole sheet; the row is only counted."""
        self.rejected.setdefault(sheet.key, set()).add(row)
        if not told:
            self.odd.add("rejected", code, sheet.key, row, field_key, reason, remedy)

    def drop(
        self, lines: Lines, key: str, code: str, sheet: Sheet, field_key: str, reason: str, remedy: str
    ) -> None:
        """Reject a line that had been taken."""
        self.reject(code, sheet, lines.pop(key).row, field_key, reason, remedy)

    def note(
        self, code: str, sheet: Sheet, row: int | None, field_key: str, reason: str, remedy: str
    ) -> None:
        self.odd.add("noted", code, sheet.key, row, field_key, reason, remedy)

    def accept(self, sheet: Sheet, lines: Lines) -> None:
        self.lines[sheet.key] = lines
        taken = {key: line.cells for key, line in lines.items()}
        self.known[sheet.key] = {**self.held.get(sheet.key, {}), **taken}
