"""Staff of the demo: two stewards for every micro grid, full-time workers, volunteers; all invented."""

from random import Random

from twin.demo.rows import COMMUNITY12, DEMO, VALID_FROM, Row, Tables, seeded, text
from twin.demo.tables import words

STEWARDS_PER_GRID = 2
FULL_TIME_PER_GENERAL = 2
FULL_VOLUNTEERS = 200


def add_staff(tables: Tables, seed: int, scale: float) -> None:
    """`person` rows carry the identity in the clear; it is sealed when they are written."""
    rng = seeded(seed, "staff")
    micro = [g for g in tables["grid"] if g["tier"] == 3 and g["kind"] == "residential"]
    for grid in micro:
        for _ in range(STEWARDS_PER_GRID):
            _add(tables, rng, "steward", text(grid, "id"), rng.choices(("foot", "ebike"), (85, 15))[0])
    for grid in (g for g in tables["grid"] if g["tier"] == 2):
        for _ in range(FULL_TIME_PER_GENERAL):
            _add(tables, rng, "full_time", text(grid, "id"), "ebike")
    for number in range(round(FULL_VOLUNTEERS * scale)):
        grid = micro[number % len(micro)] if number < len(micro) else rng.choice(micro)
        _add(tables, rng, "volunteer", text(grid, "id"), rng.choices(("foot", "ebike"), (92, 8))[0])


PREFIX = {"steward": "w", "full_time": "f", "volunteer": "v"}


def _add(tables: Tables, rng: Random, role: str, grid_id: str, travel_mode: str) -> None:
    number = len(tables["staff"]) + 1
    person_id = f"p-{rng.getrandbits(64):016x}"
    tables["person"].append(
        {
            "community12": COMMUNITY12,
            "person_id": person_id,
            "identity": _identity(rng, number),
            "demo": True,
            "provenance": DEMO,
        }
    )
    row: Row = {
        "community12": COMMUNITY12,
        "id": f"{PREFIX[role]}{number:04d}",
        "person_id": person_id,
        "role": role,
        "grid_id": grid_id,
        "travel_mode": travel_mode,
        "valid_from": VALID_FROM,
        "valid_to": None,
        "provenance": DEMO,
    }
    tables["staff"].append(row)


def _identity(rng: Random, number: int) -> dict[str, str | bool]:
    """No mobile number in China begins with 100, no given name is a numeral: these can be nobody's."""
    name = (
        f"{rng.choice(words('surnames'))}{rng.choice(words('given_names'))}{rng.choice(words('given_names'))}"
    )
    return {"name": f"演示{name}", "phone": f"100{number:08d}", "demo": True}
