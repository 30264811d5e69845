"""What an import would add and change: judged rows beside those that the twin holds, cell by cell."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.ingest.workbook.book import Cell, Cells
from twin.ingest.workbook.case import Case, Line
from twin.ingest.workbook.fields import Sheet
from twin.ingest.workbook.report import KEPT_CHANGES, Change, SheetReport
from twin.ingest.workbook.rows import natural
from twin.ingest.workbook.sheets import ORDER, SHEETS

WORDS_MOST = 40
ROWS_NAMED = 6


@dataclass(slots=True)
class Plan:
    """Per sheet the keys that are new and those that differ; `moved` care follows its resident's home."""

    added: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    unchanged: Counter[str] = field(default_factory=Counter)
    moved: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (any(self.added.values()) or any(self.changed.values()))

    def report(self, case: Case) -> tuple[SheetReport, ...]:
        return tuple(
            SheetReport(
                sheet=key,
                read=case.read[key],
                added=len(self.added[key]),
                changed=len(self.changed[key]),
                unchanged=self.unchanged[key],
                rejected=len(case.rejected.get(key, ())),
                mended=sum(1 for sheet, _ in case.odd.mended_rows if sheet == key),
                staying=len(staying(case, key)),
            )
            for key in SHEETS
            if key in case.given
        )


def tell_staying(case: Case) -> None:
    """Rows of the twin that the file's sheets do not name; nothing is deleted by an import."""
    for key in (key for key in SHEETS if key in case.given):
        sheet, left = SHEETS[key], staying(case, key)
        if not left:
            continue
        named = ", ".join(sorted(left, key=natural)[:ROWS_NAMED])
        which = "" if sheet.key_field.is_personal else f" ({named}{' …' if len(left) > ROWS_NAMED else ''})"
        reason = f"{len(left)} rows of the twin{which} are not among the sheet's; they stay as they are"
        case.note("staying", sheet, None, sheet.key_field.key, reason, "nothing to do if the sheet is a part")


def staying(case: Case, key: str) -> set[str]:
    return set(case.held.get(key, {})) - case.seen.get(key, set())


def plan(case: Case) -> Plan:
    todo = Plan()
    for key in ORDER:
        held, sheet = case.held.get(key, {}), SHEETS[key]
        todo.added[key], todo.changed[key] = [], []
        for name, line in case.lines[key].items():
            old = held.get(name)
            if old is None:
                todo.added[key].append(name)
            elif old == line.cells:
                todo.unchanged[key] += 1
            else:
                todo.changed[key].append(name)
                if len(todo.changes) < KEPT_CHANGES:
                    todo.changes.append(_change(sheet, name, line, old))
    _follow(case, todo)
    return todo


def _follow(case: Case, todo: Plan) -> None:
    homes: Mapping[str, Cells] = case.held.get("residents", {})
    new = {*todo.added["care"], *todo.changed["care"]}
    for name in todo.changed["residents"]:
        is_cared_for = name in case.known["care"] and name not in new
        if is_cared_for and homes[name]["unit"] != case.known["residents"][name]["unit"]:
            todo.moved.append(name)


def _change(sheet: Sheet, name: str, line: Line, old: Cells) -> Change:
    fields = {}
    for each in sheet.stored:
        was, now = old[each.key], line.cells[each.key]
        if was != now:
            hidden = each.is_personal or each.kind == "geometry"
            fields[each.key] = "changed" if hidden else f"{_short(was)} → {_short(now)}"
    return Change(sheet.key, line.row, name, fields)


def _short(value: Cell) -> str:
    words = "–" if value is None else str(value)
    return words if len(words) <= WORDS_MOST else words[: WORDS_MOST - 1] + "…"
