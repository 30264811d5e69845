"""Reaches the twin: through the running server's socket, or the file itself when nobody holds it."""

import importlib
from pathlib import Path
from typing import Any

from twin.settings import Settings
from twin.store import Store
from twin.ui.control import Emit, NoServer, ask


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
        return _beside(store, settings, verb, args, hear)
    finally:
        store.close()


def _beside(store: Store, settings: Settings, verb: str, args: dict[str, Any], hear: Emit) -> dict[str, Any]:
    """The verb without a server. What it needs is loaded only now, so that help and errors come at once."""
    import twin
    from twin.catalog import Catalog
    from twin.live.build import build_id
    from twin.security import ApiKeys
    from twin.ui.verbs import Workbench, run

    # By name: the twin never imports its layers.
    layers = importlib.import_module("layers")
    build = build_id((Path(twin.__file__).parent, Path(str(layers.__path__[0]))))
    bench = Workbench(store, ApiKeys(settings.home), Catalog.of(layers), settings, build)
    return run(bench, verb, args, hear)
