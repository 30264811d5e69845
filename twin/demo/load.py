"""Writing the demo community into a store, identities sealed, in one transaction."""

from collections.abc import Mapping
from typing import Protocol

from twin.demo.community import Community
from twin.demo.rows import Row, text
from twin.store import Store, Tx


class Seals(Protocol):
    """What seals each person's identity with that person's own secret."""

    def seal_all(self, identities: Mapping[str, Mapping[str, object]]) -> dict[str, bytes]: ...


def write(store: Store, community: Community, vault: Seals) -> dict[str, int]:
    """Rows written, by table. Writing the same community again changes nothing but the sealed identities."""
    rows = dict(community.tables)
    rows["person"] = _sealed(rows["person"], vault, "identity")
    rows["care_profile"] = _sealed(rows["care_profile"], vault, "detail")

    def work(tx: Tx) -> dict[str, int]:
        return {table: tx.upsert(table, given) if given else 0 for table, given in rows.items()}

    return store.write(work)


def _sealed(rows: list[Row], vault: Seals, column: str) -> list[Row]:
    """The column's values under their persons' own secrets, as `<column>_enc`."""
    sealed = vault.seal_all({text(row, "person_id"): _clear(row, column) for row in rows})
    return [
        {name: value for name, value in row.items() if name != column}
        | {f"{column}_enc": sealed[text(row, "person_id")]}
        for row in rows
    ]


def _clear(row: Row, column: str) -> Mapping[str, object]:
    value = row[column]
    assert isinstance(value, dict)
    return value
