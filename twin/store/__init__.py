"""The only door to DuckDB: migrations, relations, one writer, readers, keyframes, backup, recovery."""

from twin.store.backup import BackupRefused, BackupReport
from twin.store.lock import StoreBusy
from twin.store.migrate import StoreNewer
from twin.store.recovery import Recovery, StoreDamaged
from twin.store.restoring import RestoreReport
from twin.store.store import Committed, Store, utc_now
from twin.store.tx import Tx
from twin.store.vault import PersonErased, Vault, VaultError

__all__ = [
    "BackupRefused",
    "BackupReport",
    "Committed",
    "PersonErased",
    "Recovery",
    "RestoreReport",
    "Store",
    "StoreBusy",
    "StoreDamaged",
    "StoreNewer",
    "Tx",
    "Vault",
    "VaultError",
    "utc_now",
]
