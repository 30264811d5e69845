"""The only door to DuckDB: migrations, relations, one writer, readers, keyframes, backup, recovery."""

from twin.store.migrate import StoreNewer
from twin.store.opening import Recovery, StoreBusy
from twin.store.store import Committed, Store, utc_now
from twin.store.tx import Tx

__all__ = ["Committed", "Recovery", "Store", "StoreBusy", "StoreNewer", "Tx", "utc_now"]
