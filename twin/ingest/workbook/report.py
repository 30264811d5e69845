"""What became of every row of a workbook: counts by sheet, and each oddity with its place and remedy."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from twin.ingest.files.report import KEPT_OF_ONE_CODE, PRINTED_OF_ONE_CODE, Kind

PRINTED_CHANGES = 10
KEPT_CHANGES = 200


@dataclass(frozen=True, slots=True)
class Oddity:
    """`row` is the number that a spreadsheet shows; None speaks of the whole sheet."""

    kind: Kind
    code: str
    sheet: str
    row: int | None
    field: str
    reason: str
    remedy: str


@dataclass(slots=True)
class Oddities:
    """Collects while a workbook is judged; bounded."""

    kept: list[Oddity] = field(default_factory=list)
    counts: Counter[tuple[Kind, str, str]] = field(default_factory=Counter)
    mended_rows: set[tuple[str, int]] = field(default_factory=set)

    def add(
        self, kind: Kind, code: str, sheet: str, row: int | None, field_name: str, reason: str, remedy: str
    ) -> None:
        seen = self.counts[kind, code, sheet]
        self.counts[kind, code, sheet] = seen + 1
        if kind == "mended" and row is not None:
            self.mended_rows.add((sheet, row))
        if seen < KEPT_OF_ONE_CODE:
            self.kept.append(Oddity(kind, code, sheet, row, field_name, reason, remedy))


@dataclass(frozen=True, slots=True)
class SheetReport:
    """read = rejected + added + changed + unchanged; `staying` are in the twin and not in the sheet."""

    sheet: str
    read: int
    added: int
    changed: int
    unchanged: int
    rejected: int
    mended: int
    staying: int


@dataclass(frozen=True, slots=True)
class Change:
    """One row that would be, or was, changed; of personal fields only the name is told."""

    sheet: str
    row: int
    id: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class WorkbookReport:
    file: str
    sha256: str
    format: str
    crs: str
    community12: str
    demo: bool
    dry_run: bool
    all_or_nothing: bool
    written: bool
    seconds: float
    sheets: tuple[SheetReport, ...]
    changes: tuple[Change, ...]
    counts: dict[str, int]
    oddities: tuple[Oddity, ...]

    def total(self, name: str) -> int:
        return sum(getattr(sheet, name) for sheet in self.sheets)

    @property
    def ok(self) -> bool:
        """False when all or nothing was asked and not every row was good."""
        return not (self.all_or_nothing and any(code.startswith("rejected ") for code in self.counts))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def table(self) -> str:
        """The report for a terminal: counts by sheet, changes, then a few examples of every oddity."""
        return "\n".join([*self._summary(), *self._changes(), *self._examples()])

    def _summary(self) -> list[str]:
        head = "Would import" if self.dry_run else "Imported" if self.ok else "Did not import"
        names = ("read", "added", "changed", "unchanged", "rejected", "mended", "staying")
        lines = [
            f"{head} {self.file} ({self.format}, {self.crs or 'no coordinates'}) in {self.seconds:.1f} s",
            "  " + "sheet".ljust(12) + "".join(name.rjust(11) for name in names),
        ]
        for each in self.sheets:
            lines.append(
                "  " + each.sheet.ljust(12) + "".join(f"{getattr(each, name):11d}" for name in names)
            )
        if self.dry_run:
            lines.append("  dry run: nothing was written")
        elif not self.ok:
            lines.append("  --all-or-nothing: nothing was written; mend the rejected rows, or leave it away")
        elif not self.written:
            lines.append("  nothing differs from the twin: nothing was written")
        if self.total("staying"):
            lines.append("  staying: rows of the twin that the file does not name; they are left as they are")
        return lines

    def _changes(self) -> list[str]:
        lines = ["", "changed:"] if self.changes else []
        for each in self.changes[:PRINTED_CHANGES]:
            fields = ", ".join(f"{name} {words}" for name, words in each.fields.items())
            lines.append(f"  {each.sheet} row {each.row} · {each.id} · {fields}")
        if self.total("changed") > PRINTED_CHANGES:
            lines.append(
                f"  … and {self.total('changed') - PRINTED_CHANGES} more (--json lists {len(self.changes)})"
            )
        return lines

    def _examples(self) -> list[str]:
        lines: list[str] = []
        for code, count in self.counts.items():
            found = [each for each in self.oddities if f"{each.kind} {each.code} {each.sheet}" == code]
            lines += ["", f"{code}: {count}"]
            for each in found[:PRINTED_OF_ONE_CODE]:
                where = f"row {each.row}" if each.row is not None else "sheet"
                lines.append(f"  {where} · {each.field} · {each.reason} → {each.remedy}")
            if count > PRINTED_OF_ONE_CODE:
                lines.append(f"  … and {count - PRINTED_OF_ONE_CODE} more (--json lists {len(found)})")
        return lines
