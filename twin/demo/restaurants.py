"""Restaurants of the demo: who cooks behind each fume monitor, on how many stoves, under which limits."""

from twin.demo.identity import org_code
from twin.demo.rows import COMMUNITY12, DEMO, Tables, seeded, text

LIMIT_MG_M3 = 2.0
REMOVAL_PCT = ((6, 85.0), (3, 75.0), (1, 60.0))
"""GB 18483-2001: from this many stoves on, the purifier takes out at least this share."""
STOVES, SHARES = (1, 2, 3, 4, 5, 6, 8), (14, 26, 20, 16, 10, 9, 5)


def removal_pct(stoves: int) -> float:
    return next(share for least, share in REMOVAL_PCT if stoves >= least)


def add_restaurants(tables: Tables, seed: int, place: int = 1) -> None:
    """One behind every monitor; its name is the monitor's, without the last word."""
    rng = seeded(seed, "restaurants")
    for number, device in enumerate((d for d in tables["device"] if d["kind"] == "fume_monitor"), start=1):
        stoves = rng.choices(STOVES, SHARES)[0]
        tables["restaurant"].append(
            {
                "community12": COMMUNITY12,
                "id": f"r{number:03d}",
                "name": text(device, "label").rsplit(" ", 1)[0],
                "org_code": org_code(place, number),
                "building_id": device["building_id"],
                "storey_ordinal": device["storey_ordinal"],
                "x_m": device["x_m"],
                "y_m": device["y_m"],
                "stoves": stoves,
                "fume_limit_mg_m3": LIMIT_MG_M3,
                "purifier_removal_pct": removal_pct(stoves),
                "device_id": device["id"],
                "provenance": DEMO,
            }
        )
