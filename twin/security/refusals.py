"""What a server without accounts must not do: be reached from elsewhere, or hold real persons."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Protocol

from twin.settings import Settings


class Readable(Protocol):
    """The store, as far as this room needs it."""

    def read(self, sql: str, params: Mapping[str, object] | None = None) -> Any: ...


def is_loopback(host: str) -> bool:
    """Names are not looked up: `localhost` is this machine, any other name may be anywhere."""
    name = host.strip().strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def serve_refusals(settings: Settings, store: Readable) -> list[str]:
    """Sentences that say why this twin must not be served, and what to do; empty when it may be."""
    why: list[str] = []
    if not is_loopback(settings.host):
        why.append(
            f"TWIN_HOST is {settings.host}: there are no accounts yet, so anyone who reaches that address "
            "would see the desk. Set TWIN_HOST=127.0.0.1, and reach it from elsewhere through an SSH tunnel: "
            f"ssh -L {settings.port}:127.0.0.1:{settings.port} <this machine>."
        )
    real = store.read("SELECT count(*) AS n FROM person WHERE NOT demo")["n"][0].as_py()
    if real:
        why.append(
            f"This twin holds {real} real person{'s' if real > 1 else ''}, and there are no accounts yet to "
            "protect them. Serve a home without persons (TWIN_HOME), or remove them before serving; "
            "the data stays untouched until then."
        )
    return why
