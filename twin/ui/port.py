"""Whether the server's port can be had."""

import socket

from twin.settings import Settings


def port_fault(settings: Settings) -> str | None:
    """A sentence when the port cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as fault:
            return (
                f"Port {settings.port} on {settings.host} cannot be used: {fault.strerror}. "
                "Stop what holds it, or set TWIN_PORT to another."
            )
    return None
