"""The command line's way into a running server: a unix socket in TWIN_HOME, one JSON line a message."""

import contextlib
import json
import os
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Emit = Callable[[dict[str, Any]], None]
Handle = Callable[[str, dict[str, Any], Emit], dict[str, Any]]

SOCKET_NAME = "control.sock"
LINE_MAX_BYTES = 1_000_000


class NoServer(Exception):
    """Nobody listens at this home's socket."""


class NoAnswer(Exception):
    """The server took the verb and said nothing for as long as its asker was willing to wait."""


@contextlib.contextmanager
def _address(home: Path) -> Iterator[str]:
    """The socket's path by way of its folder's descriptor: a home may be deeper than 107 bytes."""
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET_NAME}"
    finally:
        os.close(folder)


class Control:
    """Answers verbs at the socket; each connection has a thread and carries one verb."""

    def __init__(self, home: Path, handle: Handle) -> None:
        self._home = home
        handler = type("Handler", (_Handler,), {"handle_verb": staticmethod(handle)})
        (home / SOCKET_NAME).unlink(missing_ok=True)
        with _address(home) as address:
            mask = os.umask(0o177)
            try:
                self._server = _Server(address, handler)
            finally:
                os.umask(mask)
        self._thread = threading.Thread(target=self._server.serve_forever, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        (self._home / SOCKET_NAME).unlink(missing_ok=True)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    allow_reuse_address = True


class _Handler(socketserver.StreamRequestHandler):
    handle_verb: Handle

    def handle(self) -> None:
        try:
            message = json.loads(self.rfile.readline(LINE_MAX_BYTES))
            done = self.handle_verb(str(message["verb"]), dict(message["args"]), self._emit)
        except (ValueError, KeyError, TypeError) as fault:
            done = {"ok": False, "text": f"The server did not understand the command: {fault}"}
        with contextlib.suppress(BrokenPipeError):
            self._emit({"done": done})

    def _emit(self, message: dict[str, Any]) -> None:
        self.wfile.write(json.dumps(message, default=str).encode() + b"\n")
        self.wfile.flush()


def ask(
    home: Path, verb: str, args: dict[str, Any], hear: Emit, *, answer_s: float | None = None
) -> dict[str, Any]:
    """Send one verb to the running server and hear its progress. Raises NoServer; NoAnswer if in a hurry."""
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as line:
        line.settimeout(answer_s)
        try:
            with _address(home) as address:
                line.connect(address)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError) as fault:
            raise NoServer(str(home)) from fault
        try:
            line.sendall(json.dumps({"verb": verb, "args": args}, default=str).encode() + b"\n")
            for raw in line.makefile("rb"):
                message: dict[str, Any] = json.loads(raw)
                if "done" in message:
                    done: dict[str, Any] = message["done"]
                    return done
                hear(message)
        except TimeoutError as fault:
            raise NoAnswer(str(home)) from fault
    return {"ok": False, "text": "The server went away before it had answered. Start it and try again."}
