"""`twin init`: a new twin, empty for a real place or filled with the demo community."""

import json
import re
from collections.abc import Callable
from time import perf_counter
from typing import Any

from twin.settings import Settings
from twin.store import Store, Vault

Bounds = tuple[float, float, float, float]
Done = dict[str, Any]

MADE_WITH = "demo.json"

CODE = re.compile(r"\d{12}")
# No community has it: a place that is only looked at needs no code of its own.
NO_CODE = "000000000000"
NAMELESS = "未命名社区"


def parse_bounds(text: str) -> Bounds:
    """West, south, east, north in degrees. Raises ValueError with the remedy."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as fault:
        raise ValueError(
            f"--bounds wants four numbers west,south,east,north in degrees; it is {text!r}."
        ) from fault
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueError(f"--bounds must be west < east and south < north in degrees; it is {text!r}.")
    return west, south, east, north


def _taken(store: Store) -> str | None:
    rows = store.read("SELECT community12, name FROM community").to_pylist()
    return f"{rows[0]['name']} ({rows[0]['community12']})" if rows else None


def init_real(settings: Settings, code: str, name: str, bounds: Bounds | None) -> Done:
    if code and not CODE.fullmatch(code):
        text = f"--code wants the community's 12-digit statistical code; it is {code!r}."
        text += " Only to try: twin init --demo."
        return {"ok": False, "text": text}
    from twin.ingest.files import ImportRefused, init_community

    store = Store.open(settings.home)
    try:
        if taken := _taken(store):
            return {
                "ok": False,
                "text": f"{settings.home} already holds {taken}. Set TWIN_HOME to another folder.",
            }
        init_community(store, code or NO_CODE, name or code or NAMELESS, bounds, demo=False)
    except ImportRefused as refused:
        return {"ok": False, "text": str(refused)}
    finally:
        store.close()
    note = "" if bounds else " Without --bounds a wrong CRS cannot be caught: that check will not be made."
    note += "" if code else " Without --code its places get codes that no register knows."
    return {"ok": True, "text": f"A new twin for {name or code or NAMELESS} is in {settings.home}.{note}"}


def init_demo(settings: Settings, seed: int, scale: float, say: Callable[[str], None]) -> Done:
    from twin.demo import generate
    from twin.demo.load import write

    store = Store.open(settings.home)
    try:
        if taken := _taken(store):
            return {
                "ok": False,
                "text": f"{settings.home} already holds {taken}. Set TWIN_HOME to another folder.",
            }
        say("Building the demo community ...")
        began = perf_counter()
        try:
            community = generate(seed=seed, scale=scale)
        except ValueError as fault:
            return {"ok": False, "text": str(fault)}
        # Before the rows: a death in between must not leave a community of unknown seed.
        (settings.home / MADE_WITH).write_text(json.dumps({"seed": seed, "scale": scale}))
        write(store, community, Vault(settings.home, settings.key_path))
    finally:
        store.close()
    spent = perf_counter() - began
    return {"ok": True, "text": f"The demo community is in {settings.home} ({spent:.1f} s). Next: twin demo."}


def made_with(settings: Settings) -> tuple[int, float] | None:
    """Seed and scale of the demo community of this home; None when it holds none."""
    try:
        made = json.loads((settings.home / MADE_WITH).read_text())
    except FileNotFoundError:
        return None
    return int(made["seed"]), float(made["scale"])


def has_community(settings: Settings) -> bool:
    """Whether this home holds a community; the store must be free. Raises StoreBusy."""
    if not (settings.home / "twin.duckdb").exists():
        return False
    store = Store.open(settings.home)
    try:
        return _taken(store) is not None
    finally:
        store.close()
