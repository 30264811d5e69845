"""Writing the demo into a store: the map, then its workbook through the importer's own judging."""

from twin.demo.community import Community
from twin.demo.rows import DEMO, VALID_FROM, Row, text
from twin.ingest.workbook.loading import prepared, written_rows
from twin.ingest.workbook.writing import write as write_batch
from twin.store import Store, Tx, Vault

# What no sheet carries: the ground, the streets, the scheme of care.
MAP = ("community", "ground", "care_level", "street_node", "street_edge")


def write(store: Store, community: Community, vault: Vault) -> dict[str, int]:
    """Rows written, by table, in one transaction. Writing the same community again changes nothing."""
    batches = [
        prepared(store, vault, place, _of(community, text(place, "community12")), DEMO, VALID_FROM)
        for place in community.tables["community"]
    ]

    def work(tx: Tx) -> dict[str, int]:
        counts = {table: tx.upsert(table, rows) for table in MAP if (rows := community.tables[table])}
        for batch in batches:
            write_batch(tx, batch)
        return counts | written_rows(batches)

    return store.write(work)


def _of(community: Community, code12: str) -> dict[str, list[Row]]:
    return {
        table: [row for row in rows if row["community12"] == code12]
        for table, rows in community.tables.items()
    }
