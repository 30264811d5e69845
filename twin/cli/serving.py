"""`twin serve`: refuse what is not safe yet, then run the one server process."""

import importlib
import sys

from twin.security import serve_refusals
from twin.settings import Settings
from twin.store import Store
from twin.ui.port import port_fault


def refusals(settings: Settings) -> list[str]:
    """Why this twin must not be served now; opens the store for a moment. Raises StoreBusy."""
    if not (settings.home / "twin.duckdb").exists():
        return [f"There is no twin at {settings.home}. Make one with `twin init --demo`, or set TWIN_HOME."]
    store = Store.open(settings.home)
    try:
        return serve_refusals(settings, store)
    finally:
        store.close()


def serve_until_stopped(settings: Settings) -> int:
    """Exit code 2 with sentences on stderr when refused; else this process becomes the server."""
    why = [*filter(None, [port_fault(settings)]), *refusals(settings)]
    if why:
        sys.stderr.write("\n".join(why) + "\n")
        return 2
    importlib.import_module("twin.ui.server").run(settings)
    raise AssertionError("the server's process image replaces this one")
