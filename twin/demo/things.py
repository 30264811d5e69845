"""Facilities and devices of the demo: where people go, and what reports from where."""

from collections import defaultdict
from collections.abc import Sequence
from random import Random

from twin.demo.cameras import camera_row, posts
from twin.demo.geometry import inside, shape
from twin.demo.lanes import Lane
from twin.demo.rows import COMMUNITY12, DEMO, VALID_FROM, Row, Tables, number, seeded, text, whole
from twin.demo.streets import Plan
from twin.demo.tables import table, words

BRANCHES = "二三四五六七八九"
CARE_HOMES = 310
FUME_MONITORS = 49
CAMERAS = 24
AIR_STATIONS = 8
KIT = ("smoke", "gas", "door_contact", "pir", "sos_button", "voice_care_panel")
KIT_WORDS = {
    "smoke": "烟感",
    "gas": "燃气",
    "door_contact": "门磁",
    "pir": "人体红外",
    "sos_button": "一键报警",
    "voice_care_panel": "语音照护屏",
}
INTERVAL_S = {
    "smoke": 3600,
    "gas": 3600,
    "door_contact": 3600,
    "pir": 1800,
    "sos_button": 3600,
    "voice_care_panel": 600,
    "fume_monitor": 60,
    "camera": 60,
    "parking": 120,
    "air": 60,
}
LIFT_M = {
    "smoke": 2.7,
    "gas": 2.5,
    "door_contact": 1.2,
    "pir": 2.2,
    "sos_button": 0.8,
    "voice_care_panel": 1.2,
}
AT_HOME = {
    "school": "school",
    "kindergarten": "kindergarten",
    "market": "market",
    "party_centre": "party_centre",
}


def add_facilities(tables: Tables, seed: int, scale: float) -> None:
    """Each category of the table, in a building that suits it, or beside a door where it needs no walls."""
    rng = seeded(seed, "facilities")
    shops = _spread(rng, tables)
    for row in table("facilities"):
        wanted = int(row["count"]) if int(row["count"]) < 3 else max(1, round(int(row["count"]) * scale))
        for seq in range(wanted):
            place = _place(tables, rng, row["category"], row["zh"], seq, shops)
            if place is None:
                continue
            name = _eatery(seq) if row["category"] == "restaurant" else row["zh"]
            tables["facility"].append(_facility(tables, row, name, place))


def _eatery(seq: int) -> str:
    """The names of the table in turn, then their branches."""
    eateries = words("eateries")
    branch = seq // len(eateries)
    return eateries[seq % len(eateries)] + (f"（{BRANCHES[branch - 1]}店）" if branch else "")


def _spread(rng: Random, tables: Tables) -> list[Row]:
    """Premises at street level, taken from the end: one of every building before a second of any."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for unit in tables["unit"]:
        if unit["use"] in ("shop", "office") and unit["storey_ordinal"] == 0:
            rows[text(unit, "building_id")].append(unit)
    turns: list[tuple[int, float, Row]] = []
    for shops in rows.values():
        rng.shuffle(shops)
        turns += [(turn, rng.random(), shop) for turn, shop in enumerate(shops)]
    turns.sort(key=lambda t: t[:2], reverse=True)
    return [shop for _, _, shop in turns]


Place = tuple[str | None, int | None, float, float, str | None]


def _facility(tables: Tables, row: dict[str, str], name: str, place: Place) -> Row:
    building_id, ordinal, x, y, better_name = place
    return {
        "community12": COMMUNITY12,
        "id": f"f{len(tables['facility']) + 1:03d}",
        "category": row["category"],
        "name": better_name or name,
        "building_id": building_id,
        "storey_ordinal": ordinal,
        "x_m": x,
        "y_m": y,
        "opening_hours": row["hours"] or None,
        "phone": None,
        "accessible": row["accessible"] == "1",
        "provenance": DEMO,
    }


def _place(tables: Tables, rng: Random, category: str, name: str, seq: int, shops: list[Row]) -> Place | None:
    if category in AT_HOME or category in ("clinic", "elder_care"):
        home = _own_building(tables, category, name, seq)
        if home is not None:
            return home
        if category in AT_HOME:
            return None
    if category in ("park", "parking"):
        return _own_ground(tables, category, seq)
    if category in ("charging", "toilet", "parcel"):
        return _beside(tables, rng, category)
    if not shops:
        return None
    shop = shops.pop()
    return text(shop, "building_id"), 0, number(shop, "x_m"), number(shop, "y_m"), None


def _own_building(tables: Tables, category: str, name: str, seq: int) -> Place | None:
    """The seq-th building that is there for this category."""
    if category == "school":
        fits = [b for b in tables["building"] if b["use"] == "school" and b["name"] == name]
        seq = 0
    elif category in ("clinic", "elder_care"):
        wanted = {"clinic": "社区卫生服务中心", "elder_care": "日间照料中心"}[category]
        fits = [b for b in tables["building"] if b["name"] == wanted]
    else:
        fits = [b for b in tables["building"] if b["use"] == AT_HOME[category]]
    if seq >= len(fits):
        return None
    b = fits[seq]
    return text(b, "id"), 0, number(b, "x_m"), number(b, "y_m"), text(b, "name")


def _own_ground(tables: Tables, category: str, seq: int) -> Place | None:
    kind = {"park": "green", "parking": "parking"}[category]
    fits = [g for g in tables["ground"] if g["kind"] == kind and g["name"]]
    if seq >= len(fits):
        return None
    g = fits[seq]
    at = inside(shape(g))
    return None, None, at.x, at.y, text(g, "name")


def _beside(tables: Tables, rng: Random, category: str) -> Place:
    """A kiosk at a gatehouse or at an entrance of a home."""
    homes = [b for b in tables["building"] if b["use"] == "residential"]
    home = rng.choice(homes)
    door = next(e for e in tables["entrance"] if e["building_id"] == home["id"])
    label = {"charging": "充电点", "toilet": "公共厕所", "parcel": "快递驿站"}[category]
    street = text(home, "address").split(" ")[0]
    return text(home, "id"), 0, number(door, "x_m"), number(door, "y_m"), f"{street}{label}"


def add_devices(
    tables: Tables, plan: Plan, seed: int, scale: float, lanes: Sequence[Lane], place: int = 1
) -> None:
    rng = seeded(seed, "devices")
    heights = {
        (text(s, "building_id"), whole(s, "ordinal")): number(s, "z_floor_m") for s in tables["storey"]
    }
    add = _DeviceRows(tables, heights)
    homes = [u for u in tables["unit"] if u["use"] == "dwelling" and u["state"] != "vacant"]
    care = {text(u, "id") for u in rng.sample(homes, min(len(homes), round(CARE_HOMES * scale)))}
    for unit in homes:
        if text(unit, "id") in care:
            for kind in KIT:
                add.at_unit(rng, kind, unit)
        elif rng.random() < 1 / 3:
            add.at_unit(rng, "smoke", unit)
    for entrance in tables["entrance"]:
        if text(entrance, "name").endswith("单元"):
            add.corridor(entrance)
    _add_public(tables, add, rng, plan, scale, lanes, place)


class _DeviceRows:
    def __init__(self, tables: Tables, heights: dict[tuple[str, int], float]) -> None:
        self._rows = tables["device"]
        self._heights = heights
        self._addresses = {text(b, "id"): text(b, "address") for b in tables["building"]}
        self._entrances = {text(e, "id"): text(e, "name") for e in tables["entrance"]}
        self._count: dict[str, int] = defaultdict(int)

    def at_unit(self, rng: Random, kind: str, unit: Row) -> None:
        building_id, ordinal = text(unit, "building_id"), whole(unit, "storey_ordinal")
        z = self._heights[building_id, ordinal] + LIFT_M[kind]
        x, y = number(unit, "x_m") + rng.uniform(-1, 1), number(unit, "y_m") + rng.uniform(-1, 1)
        entrance = self._entrances[text(unit, "entrance_id")]
        label = f"{self._addresses[building_id]} {entrance} {text(unit, 'room')} {KIT_WORDS[kind]}"
        self.add(kind, label, x, y, z, building_id, ordinal, text(unit, "id"), is_public=False)

    def corridor(self, entrance: Row) -> None:
        building_id = text(entrance, "building_id")
        label = f"{self._addresses[building_id]} {text(entrance, 'name')} 楼道烟感"
        self.add("smoke", label, number(entrance, "x_m"), number(entrance, "y_m"), 2.7, building_id, 0)

    def add(
        self,
        kind: str,
        label: str,
        x_m: float,
        y_m: float,
        z_m: float,
        building_id: str | None = None,
        ordinal: int | None = None,
        unit_id: str | None = None,
        is_public: bool = True,
    ) -> str:
        """The id of the new device."""
        self._count[kind] += 1
        device_id = f"{kind}-{self._count[kind]:04d}"
        self._rows.append(
            {
                "community12": COMMUNITY12,
                "id": device_id,
                "kind": kind,
                "label": label,
                "building_id": building_id,
                "storey_ordinal": ordinal,
                "unit_id": unit_id,
                "x_m": x_m,
                "y_m": y_m,
                "z_m": round(z_m, 2),
                "is_public": is_public,
                "expected_interval_s": INTERVAL_S[kind],
                "installed_at": VALID_FROM,
                "provenance": DEMO,
            }
        )
        return device_id


def _add_public(
    tables: Tables,
    add: _DeviceRows,
    rng: Random,
    plan: Plan,
    scale: float,
    lanes: Sequence[Lane],
    place: int,
) -> None:
    eating = [f for f in tables["facility"] if f["category"] == "restaurant"]
    shops = [u for u in tables["unit"] if u["use"] == "shop" and u["storey_ordinal"] == 0]
    rng.shuffle(shops)
    for number_, where in zip(range(round(FUME_MONITORS * scale)), [*eating, *shops], strict=False):
        name = text(where, "name") if "name" in where else _eatery(number_)
        building_id = text(where, "building_id")
        add.add(
            "fume_monitor", f"{name} 油烟", number(where, "x_m"), number(where, "y_m"), 4.2, building_id, 0
        )
    for number_, post in enumerate(posts(tables, plan, lanes, round(CAMERAS * scale)), start=1):
        device_id = add.add("camera", f"{post.name} {number_} 号摄像机", post.at.x, post.at.y, 6.0)
        tables["camera"].append(camera_row(device_id, post, place, number_))
    for lot in (g for g in tables["ground"] if g["kind"] == "parking" and g["name"]):
        at = inside(shape(lot))
        add.add("parking", f"{text(lot, 'name')} 车位", at.x, at.y, 1.0)
    for mall in (b for b in tables["building"] if b["use"] == "mall" and whole(b, "storeys_below") > 0):
        name = f"{text(mall, 'name')}地下车库 车位"
        add.add("parking", name, number(mall, "x_m"), number(mall, "y_m"), 1.0, text(mall, "id"), -1)
    greens = [g for g in tables["ground"] if g["kind"] in ("green", "plaza") and g["name"]]
    for green in greens[: max(2, round(AIR_STATIONS * scale))]:
        at = inside(shape(green))
        add.add("air", f"{text(green, 'name')} 空气", at.x, at.y, 3.0)
