"""Unique false names, phones, units and titles: what the wall may not show is in none of its answers."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import layers
from twin.demo import generate
from twin.demo.load import write
from twin.model.signals import Batch, Observation, Position, Request
from twin.settings import Settings
from twin.store import Store, Vault
from twin.ui.server import create, running_of

ORIGIN = "https://127.0.0.1:8050"
DESK_MAY = {"title", "unit", "device"}


@dataclass(frozen=True)
class Planted:
    """A served demo whose every secret is a word that stands nowhere else."""

    app: Flask
    home: Path
    secrets: dict[str, set[str]]
    buildings: tuple[str, ...]

    def browser(self, screen: str) -> FlaskClient:
        client = self.app.test_client()
        assert client.get(f"/{screen}", base_url=ORIGIN).status_code == 200
        return client


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    folder = tmp_path_factory.mktemp("canaries")
    settings = Settings(home=folder / "home", key_file=folder / "key")
    community = generate(seed=5, scale=0.2)
    tables = community.tables
    for number, person in enumerate(tables["person"]):
        person["identity"] |= {"name": f"canaryname{number:05}x", "phone": f"1990{number:07}"}
    settings.home.mkdir()
    store = Store.open(settings.home)
    write(store, community, Vault(settings.home, settings.key_path))
    store.close()
    home_devices = [row for row in tables["device"] if not row["is_public"]]
    inside = next(row for row in tables["unit"] if row["use"] == "dwelling")
    app = create(settings, layers)
    now = datetime.now(UTC)
    items = (
        *(Observation(str(row["id"]), now, "normal") for row in home_devices[:50]),
        *(Position(str(row["id"]), now, 1.0, 2.0) for row in tables["staff"][:5]),
        Request("canaryticket1", now, "leak", "canarytitle1", building_id=str(inside["building_id"]),
                storey_ordinal=int(inside["storey_ordinal"]), unit_id=str(inside["id"])),
    )  # fmt: skip
    receipt = running_of(app).engine.submit(Batch("plant", now, items)).result(60)
    assert receipt.accepted == len(items), receipt.rejections
    secrets = {
        "name": {str(row["identity"]["name"]) for row in tables["person"]},
        "phone": {str(row["identity"]["phone"]) for row in tables["person"]},
        "person": {str(row["person_id"]) for row in tables["person"]},
        "actor": {str(row["id"]) for row in tables["staff"]},
        "unit": {str(row["id"]) for row in tables["unit"] if row["use"] == "dwelling"},
        "device": {str(row["id"]) for row in home_devices},
        "title": {"canarytitle1"},
    }
    buildings = tuple(sorted({str(inside["building_id"]), *(str(r["id"]) for r in tables["building"][:15])}))
    yield Planted(app, settings.home, secrets, buildings)
    running_of(app).close()


def _addresses(planted: Planted, screen: str) -> list[str]:
    """Every address of a screen that answers a GET, filled with every layer and some buildings."""
    ids = [layer.id for layer in running_of(planted.app).services.catalog.layers]
    found = []
    for rule in planted.app.url_map.iter_rules():
        path = str(rule.rule)
        if not path.startswith(f"/{screen}") or "GET" not in (rule.methods or ()) or "bell" in path:
            continue
        if "layer" in path and "<" in path:
            found += [re.sub(r"<[^>]+>", one, path) for one in ids]
        elif "building" in path and "<" in path:
            found += [
                re.sub(r"<[^>]+>", one, path) + f"?storey={n}" for one in planted.buildings for n in (0, 3)
            ]
        elif "<" not in path:
            found.append(path)
    return found


def _told(planted: Planted, body: bytes, allowed: set[str]) -> set[str]:
    words = set(re.findall(r"[\w-]+", body.decode("utf-8", "replace")))
    return {kind for kind, secrets in planted.secrets.items() if kind not in allowed and words & secrets}


def test_no_answer_of_the_wall_holds_a_secret(planted: Planted) -> None:
    wall = planted.browser("wall")
    addresses = _addresses(planted, "wall")
    assert len(addresses) > 60
    answered = 0
    for address in addresses:
        answer = wall.get(address, base_url=ORIGIN)
        answered += answer.status_code == 200
        assert _told(planted, answer.data, set()) == set(), address
    assert answered > 60


def test_the_desk_sees_homes_and_titles_but_never_who_lives_or_works_there(planted: Planted) -> None:
    desk = planted.browser("desk")
    seen: set[str] = set()
    for address in _addresses(planted, "desk"):
        body = desk.get(address, base_url=ORIGIN).data
        assert _told(planted, body, {*DESK_MAY, "actor"}) == set(), address
        seen |= _told(planted, body, set())
    # The scan can find what is there: the desk does show these.
    assert seen >= DESK_MAY


def test_no_file_holds_a_name_or_a_phone_in_the_clear(planted: Planted) -> None:
    running_of(planted.app).store.backup(planted.home.parent / "copy")
    clear = [s.encode() for kind in ("name", "phone") for s in sorted(planted.secrets[kind])[:200]]
    files = [path for folder in (planted.home, planted.home.parent / "copy") for path in folder.rglob("*")]
    assert any(path.name == "twin.duckdb" for path in files)
    for path in files:
        if path.is_file():
            content = path.read_bytes()
            assert not [secret for secret in clear if secret in content], path


def test_refusals_and_health_hold_no_secret(planted: Planted) -> None:
    guest = planted.app.test_client()
    for path in ("/healthz", "/metrics", "/wall/layer/nothing", "/desk/board", "/desk/search?q=canarytitle1"):
        assert _told(planted, guest.get(path, base_url=ORIGIN).data, set()) == set(), path
    assert json.loads(guest.get("/healthz", base_url=ORIGIN).data)["version"]
