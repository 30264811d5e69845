"""The doctor: every ill is found and named, looking changes nothing, repairs do only what is safe."""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from twin.security import Audit
from twin.settings import Settings
from twin.store import Store, StoreBusy, Tx, Vault
from twin.ui.control import ask
from twin.ui.doctor import visit_closed, visit_served
from twin.ui.doctor.broker import losing
from twin.ui.doctor.checks import CHECKS, as_markdown
from twin.ui.doctor.finding import Served

ROOT = Path(__file__).parents[2]
C = "510115006001"
WELL = Served(0.0, True, 0, 0, {"mqtt": None})


def place(tx: Tx, *, demo: bool) -> None:
    now = datetime.now(UTC)
    about = {"name": "永宁", "name_en": "Yongning", "lon0": 103.86, "lat0": 30.7, "demo": demo}
    tx.append("community", [{"community12": C, "created_at": now} | about])
    device = {"kind": "air", "label": "d1", "is_public": True, "expected_interval_s": 60}
    device |= {"x_m": 1.0, "y_m": 2.0, "z_m": 3.0, "installed_at": now, "provenance": "demo"}
    tx.append("device", [{"community12": C, "id": "d1"} | device])


@pytest.fixture
def closed(settings: Settings) -> Settings:
    return made(settings, demo=True)


def made(settings: Settings, *, demo: bool) -> Settings:
    store = Store.open(settings.home)
    store.write(lambda tx: place(tx, demo=demo))
    store.close()
    return settings.model_copy(update={"port": 8399})


def found(told: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {one["id"]: (one["state"], one["finding"]["en"]) for one in told["data"]["checks"]}


def look(settings: Settings, **args: Any) -> dict[str, tuple[str, str]]:
    return found(visit_closed(settings, args))


def write(settings: Settings, work: Any) -> None:
    store = Store.open(settings.home)
    store.write(work)
    store.close()


def bytes_of(home: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.iterdir()
        if path.is_file() and path.name != "twin.lock"
    }


def test_a_whole_twin_is_told_whole_in_both_languages(closed: Settings) -> None:
    told = visit_closed(closed, {"lang": "en"})
    assert told["exit"] == 0, told["text"]
    assert "the twin is whole" in told["text"]
    assert "完好" in visit_closed(closed, {"lang": "zh"})["text"]
    assert {one["id"] for one in told["data"]["checks"]} == {check.id for check in CHECKS}


def test_looking_changes_nothing(closed: Settings) -> None:
    (closed.home / ".backup-x").mkdir()
    before = bytes_of(closed.home)
    assert look(closed)["leftovers"][0] == "note"
    assert bytes_of(closed.home) == before
    assert (closed.home / ".backup-x").exists()


def test_leftovers_go_and_a_served_twin_keeps_what_may_be_at_work(closed: Settings) -> None:
    for name in (".backup-x", ".import-y"):
        (closed.home / name).mkdir()
    store = Store.open(closed.home)
    (closed.home / ".import-z").mkdir()
    assert found(visit_served(store, closed, WELL, {}))["leftovers"][0] == "whole"
    store.close()
    told = visit_closed(closed, {"repair": True})
    assert found(told)["leftovers"][0] == "whole"
    assert ".import-z" in told["text"]
    assert not [path for path in closed.home.iterdir() if path.name.startswith(".")]


def test_a_home_held_by_a_stranger_could_not_be_looked_at(closed: Settings) -> None:
    store = Store.open(closed.home)
    with pytest.raises(StoreBusy, match=str(os.getpid())):
        visit_closed(closed, {})
    store.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from twin.store import Store
store = Store.open(Path(sys.argv[1]))
for _ in range(20):
    store.write(lambda tx: tx.execute("UPDATE community SET name = name || 'x'"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_damaged_log_is_found_left_alone_mended_on_demand_and_its_loss_stays_told(closed: Settings) -> None:
    run = subprocess.run([sys.executable, "-c", KILLED, str(closed.home)], capture_output=True, text=True)
    assert run.returncode == -signal.SIGKILL, run.stderr
    log = closed.home / "twin.duckdb.wal"
    content = bytearray(log.read_bytes())
    content[40] ^= 16  # inside the first entry, behind its size
    log.write_bytes(content)
    told = found(visit_closed(closed, {}))
    assert told["file"][0] == "fault" and "log is damaged" in told["file"][1]
    assert told["feeds"][0] == "unseen"
    assert log.read_bytes() == content
    mended = visit_closed(closed, {"repair": True})
    assert "are lost" in mended["text"]
    after = found(mended)
    assert after["file"][0] == "whole"
    assert after["quarantine"][0] == "fault"
    assert mended["exit"] == 1


def test_the_key_of_another_home_is_found_and_rights_are_mended(closed: Settings) -> None:
    vault = Vault(closed.home, closed.key_path)
    vault.seal("p1", {"name": "x"})
    vault.close()
    (closed.home / "persons.sqlite").chmod(0o644)
    assert look(closed)["key"][0] == "fault"
    assert look(closed, repair=True)["key"][0] == "whole"
    closed.key_path.write_text("0" * 64)
    assert "do not fit" in look(closed)["key"][1]
    closed.key_path.unlink()
    assert "not there" in look(closed)["key"][1]
    assert not closed.key_path.exists(), "looking makes no key"


def test_persons_without_their_secrets_are_counted(closed: Settings) -> None:
    person = {"community12": C, "person_id": "p1", "identity_enc": b"x", "demo": True, "provenance": "demo"}
    write(closed, lambda tx: tx.append("person", [person]))
    assert look(closed)["persons"] == (
        "fault",
        "1 of 1 persons cannot be read: persons.sqlite is not the one of this file",
    )


def test_a_changed_audit_log_is_found(closed: Settings) -> None:
    log = Audit(closed.home)
    for number in range(3):
        log.record("someone", "look", str(number))
    log.close()
    assert look(closed)["audit"] == ("whole", "the audit chain holds over 3 rows")
    with sqlite3.connect(closed.home / "security.sqlite") as file:
        file.execute("DROP TRIGGER audit_stays")
        file.execute("UPDATE audit SET actor = 'nobody' WHERE number = 2")
    assert "row 2" in look(closed)["audit"][1]


def test_a_missing_keyframe_is_taken(closed: Settings) -> None:
    row = {"community12": C, "feed": "f", "kind": "observation", "accepted": 1}
    row |= {"duplicates": 0, "rejected": 0, "late": 0}
    write(closed, lambda tx: tx.append("ingest_log", [row]))
    assert look(closed)["keyframe"][0] == "fault"
    assert look(closed, repair=True)["keyframe"][0] == "whole"


def test_a_clock_set_back_is_found_by_the_last_write_and_a_jump_by_the_server(closed: Settings) -> None:
    store = Store.open(closed.home, clock=lambda: datetime.now(UTC) + timedelta(days=1))
    store.write(lambda tx: tx.execute("UPDATE community SET name = 'y'"))
    store.close()
    state, words = look(closed)["clock"]
    assert state == "fault" and "before the last write" in words
    store = Store.open(closed.home)
    jumped = Served(-86_400.0, True, 0, 0, {})
    assert found(visit_served(store, closed, jumped, {}))["clock"][0] == "fault"
    store.close()


def test_a_real_place_without_a_backup_needs_a_person_and_a_backup_is_remembered(
    settings: Settings, tmp_path: Path
) -> None:
    closed = made(settings, demo=False)
    assert look(closed)["backup"] == ("fault", "it was never backed up")
    store = Store.open(closed.home)
    store.backup(tmp_path / "copy")
    store.close()
    state, words = look(closed)["backup"]
    assert state == "whole" and str(tmp_path / "copy") in words


def test_silence_rejects_and_a_dead_engine_need_a_person_where_a_real_place_is_served(
    settings: Settings,
) -> None:
    closed = made(settings, demo=False)
    now = datetime.now(UTC)
    feed = {"community12": C, "feed": "gate", "title": "gate", "demo": False, "accepted": 1}
    feed |= {"duplicates": 0, "rejected": 0, "last_received_at": now - timedelta(hours=3)}
    reject = {"community12": C, "id": "r", "feed": "gate", "family": "own", "topic": "", "field": "x"}
    reject |= {"reason": "y", "remedy": "z", "raw": b"", "raw_bytes": 0, "received_at": now}

    def work(tx: Tx) -> None:
        tx.upsert("feed_now", [feed])
        tx.append("reject", [reject])

    store = Store.open(closed.home)
    store.write(work)
    told = visit_served(store, closed, Served(0.0, False, 2, 0, {"mqtt": {"connected": False}}), {})
    store.close()
    states = found(told)
    for check in ("engine", "doors", "feeds", "rejects", "devices"):
        assert states[check][0] == "fault", states[check]
    assert "gate (3 h)" in states["feeds"][1]
    assert told["exit"] == 1
    # A closed home's silence is no news.
    assert look(closed)["feeds"][0] == "note"


def test_a_server_is_asked_through_its_socket(app: Flask, settings: Settings) -> None:
    told = ask(settings.home, "doctor", {}, lambda _: None, answer_s=30)
    assert found(told)["engine"] == ("whole", "the server runs, 0 items wait to be written")


def test_a_broker_set_to_lose_is_told_each_setting(closed: Settings, tmp_path: Path) -> None:
    conf = tmp_path / "mosquitto.conf"
    conf.write_text("listener 1883\n")
    assert [one.key for one in losing(conf)] == [
        "max_inflight_messages",
        "max_queued_messages",
        "persistence",
        "autosave_interval",
    ]
    assert look(closed, broker_conf=str(conf))["broker"][0] == "fault"
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "twin.conf").write_text(
        "max_inflight_messages 0\nmax_queued_messages 0\npersistence true\nautosave_interval 5\n"
    )
    conf.write_text(f"listener 1883\n# persistence false\ninclude_dir {tmp_path / 'conf.d'}\n")
    assert losing(conf) == []
    assert look(closed, broker_conf=str(tmp_path / "none.conf"))["broker"][0] == "fault"


def test_the_documented_table_is_the_generated_one() -> None:
    assert as_markdown() in (ROOT / "docs" / "doctor.md").read_text("utf-8")
