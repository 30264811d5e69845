"""The public HTTP door as a sender sees it: one kept-alive connection, and what its answers mean."""

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

TIMEOUT_S = 10.0
LONGEST_WAIT_S = 30.0
Item = Mapping[str, object]


class KeyRefused(Exception):
    """The server no longer knows this key."""


class Away(Exception):
    """Nobody answers at the address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a batch. `wait_s` > 0: not taken, try again after that long."""

    accepted: int = 0
    rejected: tuple[Mapping[str, object], ...] = ()
    refusal: str = ""
    wait_s: float = 0.0


class Door:
    def __init__(self, address: str, key: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{address!r} is no address; it should look like http://127.0.0.1:8050")
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path.rstrip("/")
        self._headers = {"X-API-Key": key, "Content-Type": "application/json"}
        self._connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> "Door":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def post(self, kind: str, items: Sequence[Item]) -> Answer:
        """Send a batch of one kind. Raises KeyRefused or Away."""
        body = json.dumps(items, ensure_ascii=False).encode()
        was_open = self._connection is not None
        try:
            status, headers, answer = self._round(kind, body)
        except (OSError, http.client.HTTPException) as fault:
            self.close()
            if not was_open:
                raise Away(str(fault) or type(fault).__name__) from fault
            return self._again(kind, body)
        return _meaning(status, headers, answer)

    def _again(self, kind: str, body: bytes) -> Answer:
        """A kept connection may have been closed from the other side: once more on a new one."""
        try:
            return _meaning(*self._round(kind, body))
        except (OSError, http.client.HTTPException) as fault:
            self.close()
            raise Away(str(fault) or type(fault).__name__) from fault

    def _round(self, kind: str, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        if self._connection is None:
            self._connection = self._kind(self._host, self._port, timeout=TIMEOUT_S)
        self._connection.request("POST", f"{self._path}/ingest/{kind}", body, self._headers)
        response = self._connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()


def _meaning(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    if status in (401, 403):
        raise KeyRefused(_said(body))
    if status in (429, 503):
        return Answer(refusal=_said(body), wait_s=_wait_s(headers))
    if status != 200:
        return Answer(refusal=f"{status}: {_said(body)}")
    try:
        told = json.loads(body)
        return Answer(int(told["accepted"]), tuple(told["rejected"]))
    except (ValueError, KeyError, TypeError) as fault:
        return Answer(refusal=f"an answer that is no receipt ({fault})")


def _wait_s(headers: Mapping[str, str]) -> float:
    stated = {name.lower(): value for name, value in headers.items()}.get("retry-after", "1")
    try:
        return min(max(float(stated), 0.1), LONGEST_WAIT_S)
    except ValueError:
        return 1.0


def _said(body: bytes) -> str:
    try:
        told = json.loads(body)
        return str(told["error"])
    except (ValueError, KeyError, TypeError):
        return body[:120].decode(errors="replace").strip()
