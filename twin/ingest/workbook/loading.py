"""Store-shaped rows that no file holds, judged and prepared as if a workbook had brought them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from twin.ingest.workbook.book import Info, book_of
from twin.ingest.workbook.holding import held
from twin.ingest.workbook.importing import case_of
from twin.ingest.workbook.judging import judge
from twin.ingest.workbook.planning import plan
from twin.ingest.workbook.report import Oddities
from twin.ingest.workbook.rows import CHENGDU, Row, sheets_of
from twin.ingest.workbook.sheets import SHEETS
from twin.ingest.workbook.writing import Batch, batch_of
from twin.model.coordinates import LocalFrame
from twin.store import Store, Vault

CRS = "cgcs2000"


def prepared(
    store: Store,
    vault: Vault,
    community: Mapping[str, Any],
    tables: Mapping[str, list[Row]],
    provenance: str,
    at: datetime,
) -> Batch:
    """What writing these rows of one demo community would add and change. Raises ValueError for a bad row."""
    holding = held(store, vault, community)
    sheets = sheets_of(tables, LocalFrame(community["lon0"], community["lat0"]))
    book = book_of(sheets, Info(holding.code12, CRS), SHEETS)
    today = at.astimezone(CHENGDU).date()
    case = case_of(holding, vault, book, demo=True, crs=CRS, odd=Oddities(), today=today)
    if tables["care_level"]:
        case.levels = holding.with_levels(tables["care_level"])
    judge(book, case, lambda _: None)
    for odd in case.odd.kept:
        if odd.kind == "rejected":
            raise ValueError(f"{odd.sheet} row {odd.row}, {odd.field}: {odd.reason} → {odd.remedy}")
    return batch_of(case, holding, plan(case), vault, provenance, at)


def written_rows(batches: Iterable[Batch]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for batch in batches:
        for tables in (batch.added, batch.changed):
            counts.update({table: rows.num_rows for table, rows in tables.items()})
    return dict(counts)
