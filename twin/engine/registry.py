"""The register of devices as people keep it: names by which senders know them, and their lives."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from twin.model.devices import KINDS
from twin.model.readings import SCHEMES
from twin.model.registry import LIVES, Life, canonical
from twin.store import Store, Tx

DEFAULT_INTERVAL_S = 3600


class NotDone(Exception):
    """The register stays as it is; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class NewDevice:
    """Where it hangs follows from unit, else building and storey, else from x_m and y_m."""

    id: str
    kind: str
    label: str
    building_id: str | None = None
    storey_ordinal: int | None = None
    unit_id: str | None = None
    x_m: float | None = None
    y_m: float | None = None
    interval_s: int = DEFAULT_INTERVAL_S
    is_public: bool = False


def name(store: Store, device_id: str, scheme: str, external_id: str, *, move: bool = False) -> str:
    """Let `device_id` answer to a sender's name. Returns what was done. Raises NotDone."""
    if scheme not in SCHEMES or scheme == "own":
        raise NotDone(f"{scheme!r} is no kind of name. Known: {', '.join(set(SCHEMES) - {'own'})}.")
    try:
        said = canonical(scheme, external_id)
    except ValueError as fault:
        raise NotDone(f"No message can name a device {external_id!r}.") from fault

    def work(tx: Tx) -> str:
        community12 = _home(tx, device_id)
        params = {"scheme": scheme, "said": said}
        found = tx.read(
            "SELECT device_id FROM device_name WHERE scheme = $scheme AND external_id = $said", params
        )
        owner = found["device_id"][0].as_py() if found.num_rows else None
        if owner == device_id:
            return f"{scheme} {said} names {device_id} already."
        if owner is not None and not move:
            raise NotDone(f"{scheme} {said} names {owner}. To give the name to {device_id}, add --move.")
        tx.execute("DELETE FROM device_name WHERE scheme = $scheme AND external_id = $said", params)
        row = {"community12": community12, "scheme": scheme, "external_id": said, "device_id": device_id}
        tx.append("device_name", [row | {"provenance": "operator"}])
        taken = f" (no longer {owner})" if owner else ""
        return (
            f"{scheme} {said} names {device_id} from now on{taken}. Replay what was rejected: twin rejects."
        )

    return store.write(work)


def lead(store: Store, device_id: str, life: Life, note: str, actor: str) -> str:
    """Begin another life of the device. Returns what was done. Raises NotDone."""

    def work(tx: Tx) -> str:
        community12 = _home(tx, device_id)
        sql = "SELECT state FROM device_life WHERE device_id = $id AND valid_to IS NULL"
        found = tx.read(sql, {"id": device_id})
        before = found["state"][0].as_py() if found.num_rows else "in_service"
        if before == life:
            return f"{device_id} is {_word(life)} already."
        tx.execute(
            "UPDATE device_life SET valid_to = $now WHERE device_id = $id AND valid_to IS NULL",
            {"now": tx.known_at, "id": device_id},
        )
        row = {"community12": community12, "device_id": device_id, "state": life, "valid_from": tx.known_at}
        tx.append("device_life", [row | {"note": note or None, "actor": actor}])
        return f"{device_id} is {_word(life)} from now on; it was {_word(before)}."

    return store.write(work)


def add(store: Store, new: NewDevice) -> str:
    """Register a device. Returns what was done. Raises NotDone."""
    if new.kind not in KINDS:
        raise NotDone(f"{new.kind!r} is no kind of device. Known: {', '.join(KINDS)}.")

    def work(tx: Tx) -> str:
        if tx.read("SELECT 1 AS it FROM device WHERE id = $id", {"id": new.id}).num_rows:
            raise NotDone(f"{new.id} is registered already: twin device show {new.id}")
        place = _place(tx, new)
        row = {"id": new.id, "kind": new.kind, "label": new.label or new.id, "is_public": new.is_public}
        row |= {"expected_interval_s": new.interval_s, "installed_at": tx.known_at, "provenance": "operator"}
        tx.append("device", [place | row])
        return f"{new.id} is registered. It answers to its own id (scheme own); add others: twin device name."

    return store.write(work)


def _place(tx: Tx, new: NewDevice) -> dict[str, Any]:
    """Community, building, storey and unit, and a point: the unit's, the building's or the one given."""
    if new.unit_id:
        found = tx.read(
            "SELECT u.community12, u.building_id, u.storey_ordinal, u.id AS unit_id, u.x_m, u.y_m,"
            " coalesce(s.z_floor_m, 0) + 2.2 AS z_m FROM unit u LEFT JOIN storey s"
            " ON s.building_id = u.building_id AND s.ordinal = u.storey_ordinal WHERE u.id = $id",
            {"id": new.unit_id},
        ).to_pylist()
    elif new.building_id:
        found = tx.read(
            "SELECT b.community12, b.id AS building_id, s.ordinal AS storey_ordinal, b.x_m, b.y_m,"
            " coalesce(s.z_floor_m, b.base_m) + 2.2 AS z_m FROM building b LEFT JOIN storey s"
            " ON s.building_id = b.id AND s.ordinal = $storey WHERE b.id = $id",
            {"id": new.building_id, "storey": new.storey_ordinal},
        ).to_pylist()
    else:
        found = tx.read(
            "SELECT community12, 2.2::DOUBLE AS z_m FROM community ORDER BY community12"
        ).to_pylist()[:1]
        if new.x_m is None or new.y_m is None:
            raise NotDone("Where is it? Say --unit, or --building with --storey, or --x and --y in metres.")
    if not found:
        raise NotDone(f"There is no {'unit' if new.unit_id else 'building'} of that id in this twin.")
    given = {"x_m": new.x_m, "y_m": new.y_m} if new.x_m is not None and new.y_m is not None else {}
    if new.storey_ordinal is not None and found[0].get("storey_ordinal", 0) is None:
        raise NotDone(f"{new.building_id} has no storey {new.storey_ordinal} (0 is the ground floor).")
    return {**found[0], **given}


def _home(tx: Tx, device_id: str) -> str:
    found = tx.read("SELECT community12 FROM device WHERE id = $id", {"id": device_id})
    if not found.num_rows:
        ids = tx.read("SELECT id FROM device ORDER BY id")["id"].to_pylist()
        near = get_close_matches(device_id, ids, n=3, cutoff=0.5)
        hint = f" Did you mean {', '.join(near)}?" if near else " `twin device list` shows them all."
        raise NotDone(f"No device {device_id!r} is registered.{hint}")
    return str(found["community12"][0].as_py())


def _word(life: str) -> str:
    return next((title.en.lower() for known, title in LIVES.items() if known == life), life)
