"""Wires the layers to the server: `python app.py`, or gunicorn with `twin.ui.gunicorn_conf`."""

import sys

from flask import Flask

import layers
from twin.catalog import LayerFault
from twin.security import SecurityFileUnusable
from twin.settings import SettingsError, load_settings
from twin.store import StoreBusy, StoreNewer
from twin.ui import server
from twin.ui.fonts import ensure_fonts

WORKER_BOOT_ERROR = 3
FAULTS = (SettingsError, StoreBusy, StoreNewer, LayerFault, server.NotServed, SecurityFileUnusable)


def create() -> Flask:
    """The server for a WSGI runner. What an operator can mend ends the process with a sentence."""
    try:
        settings = load_settings()
        ensure_fonts(settings.home)
        made = server.create(settings, layers)
    except FAULTS as fault:
        sys.stderr.write(f"{fault}\n")
        raise SystemExit(WORKER_BOOT_ERROR) from fault
    server.warm(made)
    return made


if __name__ == "__main__":
    from twin.cli import main

    sys.argv = ["twin", "serve"]
    main()
