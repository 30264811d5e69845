"""What became of every row of a file: counts, and each oddity with row, field, reason and remedy."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["rejected", "mended", "noted"]

# A file can be wrong in every row: this many examples of one oddity are kept, the rest is counted.
KEPT_OF_ONE_CODE = 200
PRINTED_OF_ONE_CODE = 5


@dataclass(frozen=True, slots=True)
class Oddity:
    """`row` counts the file's features from 1; None speaks of the whole file."""

    kind: Kind
    code: str
    row: int | None
    field: str
    reason: str
    remedy: str


@dataclass(slots=True)
class Oddities:
    """Collects while a file is read; bounded."""

    kept: list[Oddity] = field(default_factory=list)
    counts: Counter[tuple[Kind, str]] = field(default_factory=Counter)

    def add(
        self,
        kind: Kind,
        code: str,
        row: int | None,
        field_name: str,
        reason: str,
        remedy: str,
        count: int = 1,
    ) -> None:
        seen = self.counts[kind, code]
        self.counts[kind, code] = seen + count
        if seen < KEPT_OF_ONE_CODE:
            self.kept.append(Oddity(kind, code, row, field_name, reason, remedy))

    def of(self, kind: Kind) -> int:
        return sum(count for (each, _), count in self.counts.items() if each == kind)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """read = kept + rejected; kept = added + changed + unchanged; mended are among the kept."""

    file: str
    sha256: str
    format: str
    crs: str
    bounds_check: str
    dry_run: bool
    read: int
    kept: int
    mended: int
    rejected: int
    added: int
    changed: int
    unchanged: int
    storeys_derived: int
    height_derived: int
    seconds: float
    fields: dict[str, str]
    counts: dict[str, int]
    oddities: tuple[Oddity, ...]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "oddities": [asdict(each) for each in self.oddities]}

    def table(self) -> str:
        """The report for a terminal: counts, then a few examples of every oddity."""
        return "\n".join([*self._summary(), *self._examples()])

    def _summary(self) -> list[str]:
        used = ", ".join(f"{key}={name}" for key, name in self.fields.items()) or "none"
        head = "Would import" if self.dry_run else "Imported"
        return [
            f"{head} {self.file} ({self.format}, {self.crs}) in {self.seconds:.1f} s",
            f"  read {self.read} · kept {self.kept} · mended {self.mended} · rejected {self.rejected}",
            f"  of the kept: added {self.added} · changed {self.changed} · unchanged {self.unchanged}",
            f"  derived: storeys of {self.storeys_derived} from height, "
            f"height of {self.height_derived} from storeys",
            f"  fields: {used}",
            f"  bounds: {self.bounds_check}",
            *(["  dry run: nothing was written"] if self.dry_run else []),
        ]

    def _examples(self) -> list[str]:
        lines: list[str] = []
        for code, count in self.counts.items():
            examples = [each for each in self.oddities if f"{each.kind} {each.code}" == code]
            lines += ["", f"{code}: {count}"]
            for each in examples[:PRINTED_OF_ONE_CODE]:
                where = f"row {each.row}" if each.row is not None else "file"
                lines.append(f"  {where} · {each.field} · {each.reason} → {each.remedy}")
            if count > len(examples[:PRINTED_OF_ONE_CODE]):
                lines.append(f"  … and {count - PRINTED_OF_ONE_CODE} more (--json lists {len(examples)})")
        return lines
