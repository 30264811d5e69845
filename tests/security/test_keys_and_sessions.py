"""Keys and sessions: shown once, kept as a hash, dead at once when revoked."""

import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from twin.security import ApiKeys, Audit, Feed, SecurityFileUnusable, Sessions


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


def dump(home: Path) -> str:
    with sqlite3.connect(home / "security.sqlite") as file:
        text = "\n".join(file.iterdump())
    file.close()
    return text


def test_a_key_names_its_feed_until_it_is_revoked(tmp_path: Path) -> None:
    keys, elsewhere = ApiKeys(tmp_path), ApiKeys(tmp_path)
    key = keys.create("demo", "模拟数据源", demo=True)
    assert keys.feed_of(key) == Feed("demo", "模拟数据源", demo=True)
    assert elsewhere.revoke("demo")
    assert keys.feed_of(key) is None
    assert not keys.revoke("demo")


def test_a_new_key_of_a_feed_ends_the_old_one(tmp_path: Path) -> None:
    keys = ApiKeys(tmp_path)
    old, new = (keys.create("gate", "门禁", demo=False) for _ in range(2))
    assert keys.feed_of(old) is None
    assert keys.feed_of(new) == Feed("gate", "门禁", demo=False)
    assert [feed.feed for feed in keys.feeds()] == ["gate"]


@pytest.mark.parametrize("key", [None, "", "twin_", "x" * 10_000, "\ud800", "' OR 1=1 --"])
def test_a_strange_key_is_nobodys(tmp_path: Path, key: str | None) -> None:
    keys = ApiKeys(tmp_path)
    keys.create("demo", "demo", demo=True)
    assert keys.feed_of(key) is None


@pytest.mark.parametrize("feed", ["", "Demo", "a b", "a/b", "x" * 65, ".hidden"])
def test_a_feed_has_a_plain_name(tmp_path: Path, feed: str) -> None:
    with pytest.raises(ValueError, match="no name for a feed"):
        ApiKeys(tmp_path).create(feed, "title", demo=False)


def test_neither_key_nor_token_is_in_the_file_and_the_file_is_ours_alone(tmp_path: Path) -> None:
    key = ApiKeys(tmp_path).create("demo", "demo", demo=True)
    token = Sessions(tmp_path).open("wall")
    text = dump(tmp_path)
    assert key not in text and token not in text
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_session_sees_its_own_screen_only(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path)
    wall, desk = sessions.open("wall"), sessions.open("desk")
    assert (found := sessions.clearance(wall, "wall")) and found.key == "wall"
    assert (found := sessions.clearance(desk, "desk")) and found.sees_units
    assert sessions.clearance(wall, "desk") is None
    assert sessions.clearance(desk, "wall") is None
    assert sessions.clearance("nonsense", "wall") is None


def test_a_revoked_session_is_over_at_once_everywhere(tmp_path: Path) -> None:
    sessions, elsewhere = Sessions(tmp_path), Sessions(tmp_path)
    token, other = sessions.open("desk"), sessions.open("desk")
    assert elsewhere.revoke(token)
    assert sessions.clearance(token, "desk") is None
    assert sessions.clearance(other, "desk") is not None
    assert elsewhere.revoke_all("desk") == 1
    assert sessions.clearance(other, "desk") is None


def test_a_wall_renews_while_it_hangs_and_a_desk_ends_with_the_shift(tmp_path: Path) -> None:
    clock = Clock()
    sessions = Sessions(tmp_path, clock=clock)
    wall, desk = sessions.open("wall"), sessions.open("desk")
    clock.pass_(hours=11.9)
    assert sessions.clearance(desk, "desk") is not None
    for _ in range(20):
        assert sessions.clearance(wall, "wall") is not None
        clock.pass_(days=6)
    assert sessions.clearance(desk, "desk") is None
    clock.pass_(days=8)
    assert sessions.clearance(wall, "wall") is None


def test_making_and_ending_keys_and_sessions_is_recorded(tmp_path: Path) -> None:
    keys, sessions = ApiKeys(tmp_path), Sessions(tmp_path)
    keys.create("demo", "demo", demo=True)
    keys.revoke("demo")
    sessions.revoke(sessions.open("desk"))
    audit = Audit(tmp_path)
    actions = [row.action for row in audit.rows()]
    assert actions == ["session.revoke", "session.open", "key.revoke", "key.create"]
    assert audit.verify() is None


def test_a_damaged_or_newer_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    Sessions(tmp_path).close()
    with sqlite3.connect(tmp_path / "security.sqlite") as file:
        file.execute("PRAGMA user_version = 99")
    file.close()
    with pytest.raises(SecurityFileUnusable, match="newer twin"):
        Sessions(tmp_path)
    damaged = tmp_path / "other"
    damaged.mkdir()
    (damaged / "security.sqlite").write_bytes(b"not a database " * 100)
    with pytest.raises(SecurityFileUnusable, match="backup"):
        Sessions(damaged)


LEAVING = """
import sys; from pathlib import Path; from twin.security import ApiKeys
keys = ApiKeys(Path(sys.argv[1])); print(keys.create(sys.argv[2], "x", demo=True)); keys.close()
"""


def test_another_process_that_comes_and_goes_is_heard(tmp_path: Path) -> None:
    # Were our lock on the file lost, the other process would take itself for the last and clear the log away.
    sessions = Sessions(tmp_path)
    sessions.open("wall")
    keys = ApiKeys(tmp_path)
    for feed in ("first", "second", "third"):
        command = [sys.executable, "-c", LEAVING, str(tmp_path), feed]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert (tmp_path / "security.sqlite-wal").exists()
        assert keys.feed_of(done.stdout.strip()) == Feed(feed, "x", demo=True)
