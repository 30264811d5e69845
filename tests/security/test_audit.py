"""The audit chain finds every way of changing the past."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from twin.security import Audit

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    audit = Audit(tmp_path)
    for number in range(5):
        audit.record("operator", "reveal", f"person-{number} 张伟", AT)
    return audit


def tamper(home: Path, *statements: str) -> None:
    with sqlite3.connect(home / "security.sqlite", isolation_level=None) as file:
        for trigger in ("audit_stays", "audit_is_kept"):
            file.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            file.execute(statement)
    file.close()


def test_an_untouched_log_verifies_and_tells_who_did_what(audit: Audit) -> None:
    assert audit.verify() is None
    newest = audit.rows(1)[0]
    assert (newest.number, newest.actor, newest.action, newest.object, newest.at) == (
        5,
        "operator",
        "reveal",
        "person-4 张伟",
        AT,
    )


def test_an_empty_log_verifies(tmp_path: Path) -> None:
    assert Audit(tmp_path).verify() is None


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE audit SET actor = 'someone else' WHERE number = 3", 3),
        ("UPDATE audit SET at = '2026-03-01T09:00:00+00:00' WHERE number = 1", 1),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number >= 4", 4),
        ("DELETE FROM audit", 1),
        ("DELETE FROM audit_head", 6),
    ],
)
def test_an_edit_a_deletion_and_a_cut_tail_are_found(
    audit: Audit, tmp_path: Path, statement: str, row: int
) -> None:
    tamper(tmp_path, statement)
    fault = audit.verify()
    assert fault is not None and fault.number == row


def test_two_rows_in_another_order_are_found(audit: Audit, tmp_path: Path) -> None:
    tamper(
        tmp_path,
        "UPDATE audit SET number = 99 WHERE number = 2",
        "UPDATE audit SET number = 2 WHERE number = 3",
        "UPDATE audit SET number = 3 WHERE number = 99",
    )
    fault = audit.verify()
    assert fault is not None and fault.number == 2


def test_the_log_refuses_to_be_edited_by_a_plain_statement(audit: Audit, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "security.sqlite") as file:
        for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                file.execute(statement)
    file.close()


def test_two_logs_on_one_file_continue_one_chain(audit: Audit, tmp_path: Path) -> None:
    other = Audit(tmp_path)
    assert other.record("other", "look", "b1", AT) == 6
    assert audit.record("operator", "look", "b1", AT) == 7
    assert audit.verify() is None
