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
    rows["person"] = _sealed(rows["person"], vault)

    def work(tx: Tx) -> dict[str, int]:
        return {table: tx.upsert(table, given) for table, given in rows.items() if given}

    return store.write(work)


def _sealed(people: list[Row], vault: Seals) -> list[Row]:
    sealed = vault.seal_all({text(row, "person_id"): _identity(row) for row in people})
    return [
        {name: value for name, value in row.items() if name != "identity"}
        | {"identity_enc": sealed[text(row, "person_id")]}
        for row in people
    ]


def _identity(row: Row) -> Mapping[str, object]:
    identity = row["identity"]
    assert isinstance(identity, dict)
    return identity
