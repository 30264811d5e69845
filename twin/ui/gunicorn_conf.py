"""How gunicorn runs the server: one process that owns the store, a thread for every listener."""

import signal
import threading
from types import FrameType
from typing import Any

from twin.settings import load_settings

_settings = load_settings()

bind = f"{_settings.host}:{_settings.port}"
workers = 1
worker_class = "gthread"
threads = _settings.threads
worker_connections = 4 * _settings.threads
keepalive = 15
timeout = 60
graceful_timeout = 10
preload_app = False
accesslog = None
loglevel = "warning"
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """On SIGTERM the streams end first: gunicorn waits for every answer under way, theirs never end."""
    gunicorns = signal.getsignal(signal.SIGTERM)
    running = _running(worker)

    def stop(number: int, frame: FrameType | None) -> None:
        # In a thread: a signal may arrive while this one holds a lock that the hub needs.
        threading.Thread(target=running.quiet, name="quiet").start()
        if callable(gunicorns):
            gunicorns(number, frame)

    signal.signal(signal.SIGTERM, stop)


def worker_int(worker: Any) -> None:
    """Ctrl-C: gunicorn leaves at once; commit what is queued and let go of the file before."""
    _running(worker).close()


def worker_exit(server: Any, worker: Any) -> None:
    if worker.booted:
        _running(worker).close()


def _running(worker: Any) -> Any:
    # Taken from the app and not imported: the process that only watches stays small.
    return worker.wsgi.extensions["twin"]
