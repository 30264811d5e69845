"""Imports a workbook: read whole, judged whole, compared, and written in one transaction or not at all."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from time import perf_counter

from twin.ingest.files.options import ImportRefused
from twin.ingest.workbook.book import Book, Cells
from twin.ingest.workbook.case import Case
from twin.ingest.workbook.cells import CellFault, crs_of
from twin.ingest.workbook.holding import DEMO, ONE_AT_A_TIME, Holding, community_of, held
from twin.ingest.workbook.judging import judge
from twin.ingest.workbook.persons import tell_loads
from twin.ingest.workbook.planning import Plan, plan, tell_staying
from twin.ingest.workbook.reading import read_book
from twin.ingest.workbook.report import Oddities, WorkbookReport
from twin.ingest.workbook.rows import CHENGDU, ended_keys, sheets_of
from twin.ingest.workbook.shapes import Shapes
from twin.ingest.workbook.sheets import SHEETS
from twin.ingest.workbook.writing import Batch, batch_of, with_scheme, write
from twin.model.coordinates import LocalFrame
from twin.store import Store, Tx, Vault, utc_now

Progress = Callable[[int], None]

PERSON_SHEETS = tuple(sheet.key for sheet in SHEETS.values() if sheet.persons)


@dataclass(frozen=True, slots=True)
class WorkbookOptions:
    """`is_served`: a server without accounts runs on this twin, so no real person may come into it."""

    dry_run: bool = False
    demo: bool = False
    all_or_nothing: bool = False
    crs: str = ""
    is_served: bool = False


def import_workbook(
    store: Store, vault: Vault, path: Path, options: WorkbookOptions, progress: Progress = lambda _: None
) -> WorkbookReport:
    """Raises ImportRefused when the file as a whole cannot be taken; then nothing was written."""
    began = perf_counter()
    with ONE_AT_A_TIME:
        odd = Oddities()
        book = read_book(path, odd, progress)
        if book.info.masked:
            raise ImportRefused(
                f"{book.name} is an export with masked names: it would overwrite people with asterisks.",
                "Export again with --reason, or import the file you began with.",
            )
        if book.info.demo and not options.demo:
            raise ImportRefused(
                f"{book.name} says in 说明 that its rows are invented (演示数据: 是).",
                "Import it with --demo; when your own rows stand in it, write 否 there.",
            )
        community = community_of(store, book.info.community12)
        holding = held(store, vault, community)
        case = case_of(holding, vault, book, demo=options.demo, crs=_crs(options, book), odd=odd)
        judge(book, case, progress)
        if not case.shapes.frame.is_set:
            case.shapes.frame = _frame_of(case)
        tell_loads(case)
        tell_staying(case)
        todo = plan(case)
        _refuse_real_persons(case, options)
        report = _report(book, case, todo, options)
        if report.written:
            provenance = DEMO if options.demo else f"workbook:{path.stem}"
            at = utc_now()
            batch = batch_of(case, holding, todo, vault, provenance, at)
            batch = with_scheme(batch, holding, provenance, at)
            spent = perf_counter() - began
            store.write(lambda tx: _commit(tx, case, batch, report, spent))
        return _timed(report, perf_counter() - began)


def case_of(
    holding: Holding,
    vault: Vault,
    book: Book,
    *,
    demo: bool,
    crs: str,
    odd: Oddities,
    today: date | None = None,
) -> Case:
    """Everything that rows are judged against."""
    shapes = Shapes(holding.frame)
    sheets: Mapping[str, list[Cells]] = (
        sheets_of(holding.tables, shapes) if any(holding.tables.values()) else {}
    )

    def person_id(persons: str, number: str) -> str:
        return "p-" + vault.pseudonym(f"{holding.code12}/{persons}/{number}")

    return Case(
        shapes=shapes,
        bounds=holding.bounds,
        demo=demo,
        today=today or datetime.now(CHENGDU).date(),
        crs=crs,
        held={
            key: {str(cells[SHEETS[key].key_field.key]): cells for cells in rows}
            for key, rows in sheets.items()
        },
        levels=holding.levels,
        person_id=person_id,
        erased=vault.erased(),
        real=holding.real_persons,
        ended=ended_keys(holding.tables),
        given=frozenset(book.sheets),
        odd=odd,
    )


def _crs(options: WorkbookOptions, book: Book) -> str:
    try:
        return crs_of(options.crs or book.info.crs) if options.crs or book.info.crs else ""
    except CellFault as fault:
        raise ImportRefused(f"The coordinates' kind {fault.reason}.", f"Say {fault.remedy}.") from fault


def _frame_of(case: Case) -> LocalFrame:
    """The middle of all that came, for a twin that has no origin yet."""
    west, south, east, north = math.inf, math.inf, -math.inf, -math.inf
    for lines in case.lines.values():
        for line in lines.values():
            for lon, lat in _corners(line.cells):
                west, east = min(west, lon), max(east, lon)
                south, north = min(south, lat), max(north, lat)
    if west > east:
        return LocalFrame(math.nan, math.nan)
    return LocalFrame((west + east) / 2, (south + north) / 2)


def _corners(cells: Cells) -> list[tuple[float, float]]:
    if isinstance(wkt := cells.get("geometry"), str):
        pairs = wkt[wkt.index("(") :].replace("(", "").replace(")", "").split(",")
        return [(float(lon), float(lat)) for lon, lat in (pair.split() for pair in pairs)]
    lon, lat = cells.get("lon"), cells.get("lat")
    return [(lon, lat)] if isinstance(lon, float) and isinstance(lat, float) else []


def _refuse_real_persons(case: Case, options: WorkbookOptions) -> None:
    if options.is_served and not options.demo and any(case.lines[key] for key in PERSON_SHEETS):
        raise ImportRefused(
            "The workbook names real people, and this twin is being served without accounts to protect them.",
            "Stop the server and import then; it will not be served until there are accounts. "
            "Invented people: --demo.",
        )


def _report(book: Book, case: Case, todo: Plan, options: WorkbookOptions) -> WorkbookReport:
    report = WorkbookReport(
        file=book.name,
        sha256=book.sha256,
        format=book.format,
        crs=case.crs,
        community12=book.info.community12,
        demo=options.demo,
        dry_run=options.dry_run,
        all_or_nothing=options.all_or_nothing,
        written=False,
        seconds=0.0,
        sheets=todo.report(case),
        changes=tuple(todo.changes),
        counts={" ".join(kind): count for kind, count in case.odd.counts.items()},
        oddities=tuple(case.odd.kept),
    )
    return replace(report, written=report.ok and not todo.is_empty and not options.dry_run)


def _timed(report: WorkbookReport, seconds: float) -> WorkbookReport:
    return replace(report, seconds=round(seconds, 3))


def _commit(tx: Tx, case: Case, batch: Batch, report: WorkbookReport, seconds: float) -> None:
    tx.execute(
        "UPDATE community SET lon0 = $lon0, lat0 = $lat0 WHERE community12 = $code AND isnan(lon0)",
        {"lon0": case.shapes.frame.lon0, "lat0": case.shapes.frame.lat0, "code": batch.code12},
    )
    write(tx, batch)
    rejected = report.total("rejected")
    entry = {
        "community12": batch.code12,
        "id": f"{report.sha256[:12]}-{tx.known_at:%Y%m%dT%H%M%S%f}",
        "file_name": report.file,
        "sha256": report.sha256,
        "crs": report.crs,
        "read": report.total("read"),
        "kept": report.total("read") - rejected,
        "mended": report.total("mended"),
        "rejected": rejected,
        "report_json": json.dumps(_timed(report, seconds).to_json(), ensure_ascii=False),
    }
    tx.append("import_log", [entry])
