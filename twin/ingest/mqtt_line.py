"""A client whose socket is read ahead: a packet then costs no system call of its own, and no wait for one."""

import socket
from typing import Any

from paho.mqtt.client import Client

AHEAD = 262_144


class Line(socket.socket):
    """Read in large pieces; `pending` tells, as a TLS socket does, that more is here than select can see."""

    _held = b""
    _at = 0

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        if self._at >= len(self._held):
            self._held, self._at = super().recv(AHEAD, flags), 0
        begin, self._at = self._at, min(len(self._held), self._at + size)
        return self._held[begin : self._at]

    def pending(self) -> int:
        return len(self._held) - self._at


class ReadAhead(Client):
    """paho's client on a Line. (paho reads a packet by its bytes: four calls each, and a select before.)"""

    def _create_socket_connection(self) -> Any:
        plain = super()._create_socket_connection()
        wait_s = plain.gettimeout()
        line = Line(plain.family, plain.type, plain.proto, fileno=plain.detach())
        line.settimeout(wait_s)
        return line


def pending(line: Any) -> bool:
    """Whether the next packet, or a part of it, is here already."""
    return bool(line.pending()) if hasattr(line, "pending") else False
