"""Reaches the twin: through the running server's socket, or the file itself when nobody holds it."""

import importlib
from typing import Any

from twin.catalog import Catalog
from twin.security import ApiKeys
from twin.settings import Settings
from twin.store import Store
from twin.ui.control import Emit, NoServer, ask
from twin.ui.verbs import Workbench, run


def layers_catalog() -> Catalog:
    """The catalog of the package `layers`, loaded by name: the twin never imports its layers."""
    return Catalog.of(importlib.import_module("layers"))


def ask_or_open(settings: Settings, verb: str, args: dict[str, Any], hear: Emit) -> dict[str, Any]:
    """Do a verb in the running server, else beside it. Raises StoreBusy when a stranger holds the file."""
    if not settings.home.is_dir():
        return {
            "ok": False,
            "text": f"There is no twin at {settings.home}. Make one with `twin init`, or set TWIN_HOME.",
        }
    try:
        return ask(settings.home, verb, args, hear)
    except NoServer:
        pass
    store = Store.open(settings.home)
    try:
        bench = Workbench(store, ApiKeys(settings.home), layers_catalog(), settings)
        return run(bench, verb, args, hear)
    finally:
        store.close()
