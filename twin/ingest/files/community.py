"""The one community of a twin: its code, bounds, and the origin of its metres."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from twin.ingest.files.options import ImportRefused
from twin.model.coordinates import LocalFrame
from twin.store import Store

# West, south, east, north in degrees.
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Community:
    code12: str
    name: str
    frame: LocalFrame
    bounds: Bounds | None
    demo: bool


def init_community(
    store: Store, code12: str, name: str, bounds: Bounds | None, demo: bool = False, name_en: str = ""
) -> Community:
    """Make the community of an empty twin; without bounds its origin waits, as NaN, for the first file."""
    if not re.fullmatch(r"\d{12}", code12):
        raise ImportRefused(
            f"{code12!r} is not a community's code.", "Give the 12 digits of the statistical code."
        )
    if store.read("SELECT 1 FROM community").num_rows:
        raise ImportRefused("This twin already holds a community.", "Set TWIN_HOME to another folder.")
    frame = LocalFrame(math.nan, math.nan)
    if bounds is not None:
        west, south, east, north = bounds
        frame = LocalFrame((west + east) / 2, (south + north) / 2)
    sides = dict(zip(("west", "south", "east", "north"), bounds or (None,) * 4, strict=True))
    row = {
        "community12": code12,
        "name": name or code12,
        "name_en": name_en or name or code12,
        "lon0": frame.lon0,
        "lat0": frame.lat0,
        **sides,
        "demo": demo,
        "created_at": datetime.now(UTC),
    }
    store.write(lambda tx: tx.upsert("community", [row]))
    return Community(code12, name or code12, frame, bounds, demo)


def read_community(store: Store) -> Community:
    """Raises ImportRefused when the twin has none yet."""
    rows = store.read(
        "SELECT community12, name, lon0, lat0, west, south, east, north, demo FROM community"
    ).to_pylist()
    if not rows:
        raise ImportRefused("This twin has no community yet.", "Make one: twin init --code … --bounds ….")
    row = rows[0]
    sides = (row["west"], row["south"], row["east"], row["north"])
    bounds = None if any(side is None for side in sides) else sides
    frame = LocalFrame(row["lon0"], row["lat0"])
    return Community(row["community12"], row["name"], frame, bounds, row["demo"])
