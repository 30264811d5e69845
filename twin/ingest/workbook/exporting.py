"""The store as a workbook again: .xlsx or a folder of CSV, masked unless there is a reason."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from twin.ingest.files.options import ImportRefused
from twin.ingest.workbook.book import Cell, Cells, Info
from twin.ingest.workbook.csv_folder import write_csv
from twin.ingest.workbook.fields import Field, Sheet
from twin.ingest.workbook.guide import guide_rows
from twin.ingest.workbook.holding import ONE_AT_A_TIME, community_of, held
from twin.ingest.workbook.names import HELP
from twin.ingest.workbook.rows import sheets_of
from twin.ingest.workbook.sheets import SHEETS
from twin.ingest.workbook.xlsx import Paper, create_private, write_xlsx
from twin.model.masking import HIDDEN, masked_id_no, masked_name, masked_phone
from twin.model.places import storey_label
from twin.store import Store, Vault

CRS = "cgcs2000"
NARROW, WIDE = 12.0, 40.0
TEXTS = ("text", "ref", "id_no")
GUIDE_WIDTHS = (12.0, 16.0, 22.0, 8.0, 48.0, 48.0)

Content = Mapping[str, Sequence[Cells]]


@dataclass(frozen=True, slots=True)
class ExportReport:
    path: Path
    masked: bool
    rows: dict[str, int]
    unreadable: int

    @property
    def text(self) -> str:
        counts = ", ".join(f"{SHEETS[key].zh} {count}" for key, count in self.rows.items() if count)
        words = f"{self.path}: {counts or 'no rows'}."
        if self.masked:
            words += " Names and numbers are masked; the whole needs --reason."
        if self.unreadable:
            words += f" {self.unreadable} erased persons are left out."
        return words


def export_workbook(
    store: Store, vault: Vault, path: Path, *, masked: bool, code12: str = ""
) -> ExportReport:
    """Raises ImportRefused, and OSError when the target cannot take it; nothing half-written is named."""
    refuse_target(path)
    with ONE_AT_A_TIME:
        holding = held(store, vault, community_of(store, code12))
    content: Content = sheets_of(holding.tables, holding.frame) if holding.frame.is_set else {}
    unreadable = sum(not row["identity"] for row in holding.tables["person"])
    if masked:
        content = _masked(content)
    write_book(path, content, Info(holding.code12, CRS, masked, holding.is_invented))
    return ExportReport(path, masked, {key: len(rows) for key, rows in content.items()}, unreadable)


def refuse_target(path: Path) -> None:
    """Raises ImportRefused for a target that is there or cannot be."""
    if path.exists():
        raise ImportRefused(f"{path} exists.", "Name a new file or folder.")
    if path.suffix.lower() not in (".xlsx", ""):
        raise ImportRefused(
            f"{path.name} ends in {path.suffix}.", "Name a file ending in .xlsx, or a folder for CSV."
        )
    if not path.parent.is_dir():
        raise ImportRefused(f"There is no folder {path.parent}.", "Make it first.")


def write_book(path: Path, content: Content, info: Info) -> None:
    """A file with .xlsx, else a folder of CSV. It gets its name when it is whole."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        if path.suffix.lower() == ".xlsx":
            with create_private(draft) as file:
                write_xlsx(file, _papers(content, info))
                file.flush()
                os.fsync(file.fileno())
        else:
            draft.mkdir(mode=0o700)
            for paper in _papers(content, info):
                write_csv(draft / f"{paper.name}.csv", paper.rows)
        draft.rename(path)
    finally:
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)


def _papers(content: Content, info: Info) -> Iterator[Paper]:
    yield Paper(HELP, guide_rows(info), widths=GUIDE_WIDTHS)
    for sheet in SHEETS.values():
        yield Paper(
            sheet.zh,
            _rows(sheet, content.get(sheet.key, ())),
            has_header=True,
            widths=[_width(field) for field in sheet.stored],
            lists={n: words for n, field in enumerate(sheet.stored) if (words := _offered(field))},
            texts=frozenset(n for n, field in enumerate(sheet.stored) if field.kind in TEXTS),
        )


def _width(field: Field) -> float:
    return WIDE if field.kind == "geometry" else max(NARROW, 2.4 * len(field.zh))


def _offered(field: Field) -> tuple[str, ...]:
    return ("是", "否") if field.kind == "bool" else tuple(choice.zh for choice in field.choices)


def _rows(sheet: Sheet, rows: Sequence[Cells]) -> Iterator[Sequence[Cell]]:
    fields = sheet.stored
    yield [field.zh for field in fields]
    words = [_words(field) for field in fields]
    for cells in rows:
        yield [write(cells[field.key]) for field, write in zip(fields, words, strict=True)]


def _words(field: Field) -> Callable[[Cell], Cell]:
    """How a cell of this column is written."""
    if field.kind == "choice":
        shown = {choice.key: choice.zh for choice in field.choices}
        return lambda value: shown.get(str(value), value) if value is not None else None
    if field.kind == "bool":
        return lambda value: None if value is None else "是" if value else "否"
    if field.kind == "date":
        return lambda value: value.isoformat() if isinstance(value, date) else value
    if field.kind in ("number", "lon", "lat"):
        return lambda value: int(value) if isinstance(value, float) and value.is_integer() else value
    return lambda value: value


def _masked(content: Content) -> Content:
    storeys = {cells["id"]: cells for cells in content.get("units", ())}

    def home(unit: Cell) -> Cell:
        cells = storeys.get(unit)
        return f"{cells['building']} {storey_label(int(str(cells['storey'])))}" if cells else HIDDEN

    masks: Mapping[str, Callable[[Cell], Cell]] = {
        "name": lambda value: masked_name(str(value)),
        "phone": lambda value: masked_phone(str(value)),
        "id_no": lambda value: masked_id_no(str(value)),
        "born": lambda value: f"{str(value)[:3]}0s",
        "unit": home,
    }
    return {key: [_hidden(SHEETS[key], cells, masks) for cells in rows] for key, rows in content.items()}


def _hidden_whole(_: Cell) -> Cell:
    return HIDDEN


def _hidden(sheet: Sheet, cells: Cells, masks: Mapping[str, Callable[[Cell], Cell]]) -> Cells:
    shown = dict(cells)
    for field in sheet.stored:
        if field.is_personal and shown[field.key] is not None and field.key != "sex":
            shown[field.key] = masks.get(field.key, _hidden_whole)(shown[field.key])
    return shown
