"""How a snapshot is ordered: the desk's button, the command line beside a server and in it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import layers
from twin.demo import generate
from twin.demo.load import write
from twin.security import Audit
from twin.settings import Settings
from twin.snapshot.verifying import verify
from twin.store import Store, Vault
from twin.ui import snapshots
from twin.ui.server import create, running_of

ORIGIN = "https://127.0.0.1:8050"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("served")
    own = Settings(home=folder / "home", key_file=folder / "key")
    store = Store.open(own.home)
    write(store, generate(1, 0.2), Vault(own.home, own.key_file))
    store.keyframe()  # else the server would commit one of its own while we compare
    store.close()
    return own


@pytest.fixture
def app(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A whole server on a machine without a browser."""
    monkeypatch.setattr(snapshots, "find_browser", lambda: None)
    own = create(settings, layers)
    yield own
    running_of(own).close()


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    client = app.test_client()
    assert client.get("/desk", base_url=ORIGIN).status_code == 200
    return client


def twin(settings: Settings, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """The command in a process of its own, which finds no browser."""
    env = {**os.environ, "PATH": "/nowhere", "TWIN_HOME": str(settings.home), **more}
    env["TWIN_KEY_FILE"] = str(settings.key_file)
    command = [sys.executable, "-m", "twin.cli", "snapshot", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_a_press_makes_a_snapshot_that_can_be_fetched_and_verified(
    desk: FlaskClient, settings: Settings, tmp_path: Path
) -> None:
    told: Mapping[str, Any] = desk.post("/desk/snapshot", base_url=ORIGIN).json
    answer = desk.get(told["href"], base_url=ORIGIN)
    assert answer.mimetype == "application/zip"
    assert told["name"] in answer.headers["Content-Disposition"]
    taken = tmp_path / told["name"]
    taken.write_bytes(answer.data)
    assert verify(taken).ok
    again = desk.post("/desk/snapshot", base_url=ORIGIN)
    assert (again.status_code, again.json) == (200, told)
    audit = Audit(settings.home)
    assert [row.actor for row in audit.rows() if row.action == "snapshot.create"][-1] == "desk"
    audit.close()


def test_only_a_desk_may_ask_and_only_for_a_snapshot(app: Flask, desk: FlaskClient) -> None:
    stranger = app.test_client()
    assert stranger.post("/desk/snapshot", base_url=ORIGIN).status_code == 401
    stranger.get("/wall", base_url=ORIGIN)
    assert stranger.post("/desk/snapshot", base_url=ORIGIN).status_code == 401
    foreign = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    assert desk.post("/desk/snapshot", base_url=ORIGIN, headers=foreign).status_code == 403
    for name in ("..%2Ftwin.duckdb", "twin.duckdb", "snapshot-20260101T000000Z-0123456789ab.zip"):
        assert desk.get(f"/desk/snapshot/{name}", base_url=ORIGIN).status_code == 404


def test_the_command_line_packs_through_the_server_and_refuses_to_replace(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    made = twin(settings, "create", "--out", str(tmp_path), "--json")
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert told["png"] == "not made: no Chromium was found on this machine"
    again = twin(settings, "create", "--out", str(tmp_path))
    assert again.returncode == 2
    assert "Nothing was replaced" in again.stderr
    assert [path.name for path in tmp_path.iterdir()] == [Path(told["path"]).name]


def test_beside_a_server_and_without_one_the_snapshot_is_the_same(settings: Settings, tmp_path: Path) -> None:
    made = json.loads(twin(settings, "create", "--out", str(tmp_path / "a"), "--json").stdout)
    again = json.loads(twin(settings, "create", "--out", str(tmp_path / "b"), "--json").stdout)
    assert made["id"] == again["id"]
    proof = twin(settings, "verify", made["path"], TWIN_HOME="/nonexistent")
    assert proof.returncode == 0
    assert made["id"] in proof.stdout


def test_verify_without_a_twin_names_the_part_and_ends_with_one(settings: Settings, tmp_path: Path) -> None:
    made = Path(json.loads(twin(settings, "create", "--out", str(tmp_path), "--json").stdout)["path"])
    content = bytearray(made.read_bytes())
    content[content.index(b"PAR1") + 5] ^= 1
    made.write_bytes(content)
    proof = twin(settings, "verify", str(made), TWIN_HOME="/nonexistent")
    assert proof.returncode == 1
    assert ".parquet" in proof.stderr
    assert twin(settings, "verify", str(tmp_path / "none.zip")).returncode == 2


@pytest.mark.parametrize("kind", ["file", "readonly"])
def test_a_folder_that_cannot_take_it_gets_a_sentence(settings: Settings, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("in the way")
    else:
        out = Path("/proc/nowhere")
    done = twin(settings, "create", "--out", str(out))
    assert done.returncode == 2
    assert "could not be done" in done.stderr
