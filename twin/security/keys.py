"""Keys of the feeds that may send to the doors in: shown once, kept as a hash, dead when revoked."""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from twin.security.audit import append, utc_now
from twin.security.file import SecurityFile

FEED = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
PREFIX = "twin_"


@dataclass(frozen=True, slots=True)
class Feed:
    """A source of data; `demo` says that what it sends is synthetic."""

    feed: str
    title: str
    demo: bool


class ApiKeys:
    """The keys of `home`; every question is asked of the file, so a revocation is heard by all at once."""

    def __init__(self, home: Path, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._file = SecurityFile(home)
        self._clock = clock

    def create(self, feed: str, title: str, demo: bool, actor: str = "operator") -> str:
        """The new key, told only now; an older key of the same feed ends. Raises ValueError."""
        if not FEED.fullmatch(feed):
            raise ValueError(
                f"{feed!r} is no name for a feed: use 1–64 of a-z 0-9 . _ - and begin with a letter or digit."
            )
        if not 0 < len(title.strip()) <= 100:
            raise ValueError("A feed's title needs 1–100 characters.")
        key, now = PREFIX + secrets.token_urlsafe(32), self._clock()
        with self._file.writing() as file:
            file.execute(
                "UPDATE api_key SET revoked_at = ? WHERE feed = ? AND revoked_at IS NULL",
                (int(now.timestamp()), feed),
            )
            file.execute(
                "INSERT INTO api_key VALUES (?, ?, ?, ?, ?, NULL)",
                (_hash(key), feed, title.strip(), int(demo), int(now.timestamp())),
            )
            append(file, actor, "key.create", feed, now)
        return key

    def feed_of(self, key: str | None) -> Feed | None:
        """Whose key this is; None when it is nobody's or was revoked."""
        if not key:
            return None
        hashed = _hash(key)
        row = self._file.row(
            "SELECT key_hash, feed, title, demo FROM api_key WHERE key_hash = :hash AND revoked_at IS NULL",
            {"hash": hashed},
        )
        if row is None or not secrets.compare_digest(row["key_hash"], hashed):
            return None
        return Feed(row["feed"], row["title"], bool(row["demo"]))

    def revoke(self, feed: str, actor: str = "operator") -> bool:
        """True when the feed had a live key; the doors refuse it from now on."""
        now = self._clock()
        with self._file.writing() as file:
            ended = file.execute(
                "UPDATE api_key SET revoked_at = ? WHERE feed = ? AND revoked_at IS NULL",
                (int(now.timestamp()), feed),
            ).rowcount
            if ended:
                append(file, actor, "key.revoke", feed, now)
        return bool(ended)

    def feeds(self) -> list[Feed]:
        """Those with a live key."""
        rows = self._file.rows("SELECT feed, title, demo FROM api_key WHERE revoked_at IS NULL ORDER BY feed")
        return [Feed(row["feed"], row["title"], bool(row["demo"])) for row in rows]

    def close(self) -> None:
        self._file.close()


def _hash(key: str) -> bytes:
    # 256 random bits: see sessions.
    return hashlib.sha256(key.encode("utf-8", "backslashreplace")).digest()
