"""The command line as a person meets it: exit codes, sentences, never a traceback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from twin.store import Store

ROOT = Path(__file__).parents[2]


def twin(*words: str, home: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TWIN_")}
    kept |= {
        "TWIN_HOME": str(home),
        "TWIN_KEY_FILE": str(home.parent / "key"),
        "PYTHONPATH": str(ROOT),
        **env,
    }
    command = [sys.executable, "-m", "twin.cli", *words]
    ran = subprocess.run(command, env=kept, cwd=home.parent, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cli") / "home"
    ran = twin("init", "--demo", "--scale", "0.2", home=made)
    assert ran.returncode == 0, ran.stderr
    return made


def test_help_names_every_verb(home: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    text = twin("--help", home=home).stdout
    for verb in ("init", "serve", "import", "simulate", "check", "backup", "restore", "demo", "key"):
        assert verb in text


def test_a_verb_without_a_twin_says_how_to_make_one(home: Path) -> None:
    ran = twin("check", home=home)
    assert ran.returncode == 2
    assert "twin init" in ran.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("init", "--code", "5101"), "12-digit"),
        (("init", "--code", "510108008003", "--bounds", "1,2,3"), "four numbers"),
        (("init", "--code", "510108008003", "--bounds", "104,31,103,32"), "west < east"),
        (("init", "--demo", "--code", "510108008003"), "--demo"),
    ],
)
def test_init_explains_what_it_cannot_use(home: Path, words: tuple[str, ...], says: str) -> None:
    ran = twin(*words, home=home)
    assert ran.returncode == 2
    assert says in ran.stderr


def test_init_alone_makes_an_empty_twin_and_says_what_it_cannot_check(home: Path) -> None:
    ran = twin("init", home=home)
    assert ran.returncode == 0, ran.stderr
    assert "--bounds" in ran.stdout
    assert "--code" in ran.stdout
    assert twin("check", home=home).returncode == 0


def test_a_home_is_never_filled_twice(home: Path) -> None:
    words = ("init", "--code", "320508001001", "--name", "平江", "--bounds", "120.58,31.29,120.66,31.34")
    assert twin(*words, home=home).returncode == 0
    again = twin(*words, home=home)
    assert again.returncode == 2
    assert "平江" in again.stderr
    assert "TWIN_HOME" in again.stderr


def test_a_broken_settings_file_is_one_sentence(home: Path) -> None:
    (home.parent / "twin.toml").write_text("port = \n")
    ran = twin("check", home=home)
    assert ran.returncode == 2
    assert "not valid TOML" in ran.stderr


def test_the_demo_keeps_every_rule(demo_home: Path) -> None:
    ran = twin("check", home=demo_home)
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.rstrip().endswith(" 0 broken")


def test_a_broken_rule_is_found_and_named(demo_home: Path) -> None:
    store = Store.open(demo_home)
    store.write(
        lambda tx: tx.execute("DELETE FROM storey WHERE building_id = (SELECT min(id) FROM building)")
    )
    store.close()
    ran = twin("check", home=demo_home)
    assert ran.returncode == 1
    assert "FAIL" in ran.stdout


def test_serve_refuses_another_address_and_says_why(demo_home: Path) -> None:
    ran = twin("serve", home=demo_home, TWIN_HOST="0.0.0.0")
    assert ran.returncode == 2
    assert "loopback" in ran.stderr or "127.0.0.1" in ran.stderr


def test_a_port_in_use_is_one_sentence(demo_home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = twin("serve", home=demo_home, TWIN_PORT=str(port))
    assert ran.returncode == 2
    assert str(port) in ran.stderr
    assert "TWIN_PORT" in ran.stderr


def test_a_second_opener_is_told_who_holds_the_file(demo_home: Path) -> None:
    store = Store.open(demo_home)
    try:
        ran = twin("check", home=demo_home)
    finally:
        store.close()
    assert ran.returncode == 2
    assert str(os.getpid()) in ran.stderr


def test_simulate_without_a_key_says_how_to_make_one(home: Path) -> None:
    ran = twin("simulate", home=home)
    assert ran.returncode == 2
    assert "twin key create" in ran.stderr
