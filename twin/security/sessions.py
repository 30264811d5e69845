"""Sessions of screens: a random token in the browser, its hash here, ended at once when it is revoked."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from twin.model.clearance import Clearance, Screen
from twin.security.audit import append, utc_now
from twin.security.file import SecurityFile

# A wall hangs for years: its session renews while it is used. A desk ends with the shift, used or not.
LIFE: Mapping[Screen, timedelta] = {"wall": timedelta(days=7), "desk": timedelta(hours=12)}
RENEWS: frozenset[Screen] = frozenset({"wall"})
# Renewing writes to the disk, so only when a tenth of the life has gone.
RENEW_AFTER = 0.1
FORGET_AFTER = timedelta(days=30)


class Sessions:
    """Sessions of `home`; every question is asked of the file, so a revocation is heard by all at once."""

    def __init__(self, home: Path, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._file = SecurityFile(home)
        self._clock = clock

    def open(self, screen: Screen, actor: str = "anonymous") -> str:
        """A new session's token; it is kept nowhere but in the browser that gets it."""
        token, now = secrets.token_urlsafe(32), self._clock()
        hashed = _hash(token)
        with self._file.writing() as file:
            file.execute("DELETE FROM session WHERE expires_at < ?", (_seconds(now - FORGET_AFTER),))
            file.execute(
                "INSERT INTO session VALUES (?, ?, ?, ?, NULL)",
                (hashed, screen, _seconds(now), _seconds(now + LIFE[screen])),
            )
            append(file, actor, "session.open", f"{screen} {hashed.hex()[:12]}", now)
        return token

    def clearance(self, token: str, screen: Screen) -> Clearance | None:
        """What the session of this token may see on this screen; None when there is no such live session."""
        now = self._clock()
        hashed = _hash(token)
        row = self._file.row(
            "SELECT token_hash, expires_at FROM session"
            " WHERE token_hash = :hash AND screen = :screen AND revoked_at IS NULL AND expires_at > :now",
            {"hash": hashed, "screen": screen, "now": _seconds(now)},
        )
        if row is None or not secrets.compare_digest(row["token_hash"], hashed):
            return None
        if screen in RENEWS:
            self._renew(hashed, screen, row["expires_at"], now)
        return Clearance(screen)

    def revoke(self, token: str, actor: str = "anonymous") -> bool:
        """True when a live session ended by it."""
        now, hashed = self._clock(), _hash(token)
        with self._file.writing() as file:
            ended = file.execute(
                "UPDATE session SET revoked_at = ? WHERE token_hash = ? AND revoked_at IS NULL",
                (_seconds(now), hashed),
            ).rowcount
            if ended:
                append(file, actor, "session.revoke", hashed.hex()[:12], now)
        return bool(ended)

    def revoke_all(self, screen: Screen, actor: str = "operator") -> int:
        now = self._clock()
        with self._file.writing() as file:
            ended = file.execute(
                "UPDATE session SET revoked_at = ? WHERE screen = ? AND revoked_at IS NULL",
                (_seconds(now), screen),
            ).rowcount
            append(file, actor, "session.revoke_all", f"{screen} {ended}", now)
        return ended

    def close(self) -> None:
        self._file.close()

    def _renew(self, hashed: bytes, screen: Screen, expires_at: int, now: datetime) -> None:
        life = LIFE[screen]
        if expires_at > _seconds(now + life * (1 - RENEW_AFTER)):
            return
        with self._file.writing() as file:
            file.execute(
                "UPDATE session SET expires_at = ? WHERE token_hash = ? AND revoked_at IS NULL",
                (_seconds(now + life), hashed),
            )


def _hash(token: str) -> bytes:
    # The token has 256 random bits: a plain hash cannot be searched, and a slow one would cost every request.
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).digest()


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
