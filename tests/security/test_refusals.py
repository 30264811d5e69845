"""A server without accounts refuses to be reachable and to hold real persons."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from twin.security import is_loopback, serve_refusals
from twin.settings import Settings
from twin.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path)
    yield store
    store.close()


def add_person(store: Store, name: str, *, demo: bool) -> None:
    row = {
        "community12": "510115006001",
        "person_id": name,
        "identity_enc": b"x",
        "demo": demo,
        "provenance": "demo" if demo else "census",
    }
    store.write(lambda tx: tx.append("person", [row]))


def test_a_demo_on_loopback_may_be_served(store: Store, tmp_path: Path) -> None:
    add_person(store, "p1", demo=True)
    assert serve_refusals(Settings(home=tmp_path), store) == []


def test_one_real_person_is_enough_to_refuse(store: Store, tmp_path: Path) -> None:
    add_person(store, "p1", demo=True)
    add_person(store, "p2", demo=False)
    (why,) = serve_refusals(Settings(home=tmp_path), store)
    assert "1 real person," in why and "TWIN_HOME" in why


def test_an_address_others_can_reach_is_refused_with_the_way_out(store: Store, tmp_path: Path) -> None:
    (why,) = serve_refusals(Settings(home=tmp_path, host="0.0.0.0"), store)
    assert "TWIN_HOST=127.0.0.1" in why and "ssh -L 8050:127.0.0.1:8050" in why


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.4", False),
        ("twin.local", False),
        ("", False),
    ],
)
def test_loopback_is_an_address_of_this_machine_only(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
