"""The shelf: one makes, the others wait for it, and a failure is nobody else's."""

import threading

import pytest

from twin.ui.services import Shelf


def test_of_many_who_ask_at_once_one_makes_and_all_get_it() -> None:
    shelf, made, gate = Shelf(), [], threading.Event()
    got: list[str] = []

    def make() -> str:
        gate.wait(5)
        made.append(1)
        return "answer"

    askers = [threading.Thread(target=lambda: got.append(shelf.take(("key", 1), make))) for _ in range(20)]
    for asker in askers:
        asker.start()
    gate.set()
    for asker in askers:
        asker.join()
    assert got == ["answer"] * 20
    assert len(made) == 1


def test_another_version_or_clearance_is_another_answer() -> None:
    shelf = Shelf()
    assert [shelf.take(("k", 1, "wall"), lambda: "a"), shelf.take(("k", 2, "wall"), lambda: "b")] == [
        "a",
        "b",
    ]
    assert shelf.take(("k", 1, "desk"), lambda: "c") == "c"


def test_a_failure_is_told_and_the_next_one_tries_again() -> None:
    shelf = Shelf()

    def fail() -> str:
        raise ValueError("no rows")

    with pytest.raises(ValueError, match="no rows"):
        shelf.take(("key",), fail)
    assert shelf.take(("key",), lambda: "answer") == "answer"


def test_a_slow_answer_does_not_hold_up_another() -> None:
    shelf, gate = Shelf(), threading.Event()
    slow = threading.Thread(target=lambda: shelf.take(("slow",), lambda: gate.wait(10)))
    slow.start()
    assert shelf.take(("quick",), lambda: "answer") == "answer"
    assert slow.is_alive()
    gate.set()
    slow.join()


def test_the_shelf_stays_small_however_many_instants_are_asked_for() -> None:
    shelf = Shelf(answers=8)
    for instant in range(500):
        shelf.take(("layer", instant), lambda: b"x")
    assert len(shelf) <= 8
