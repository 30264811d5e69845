"""Staff of the demo: two stewards for every micro grid, full-time workers, volunteers; all invented."""

from random import Random

from twin.demo.identity import FEMALE, MALE, full_name, staff_phone
from twin.demo.rows import COMMUNITY12, DEMO, VALID_FROM, Row, Tables, seeded, text

STEWARDS_PER_GRID = 2
FULL_TIME_PER_GENERAL = 2
FULL_VOLUNTEERS = 200


PREFIX = {"steward": "w", "full_time": "f", "volunteer": "v"}
STEWARDS_GO = (("foot", 85), ("ebike", 15))
FULL_TIME_GO = (("ebike", 1),)
VOLUNTEERS_GO = (("foot", 92), ("ebike", 8))


def add_staff(tables: Tables, seed: int, scale: float, place: int = 1) -> None:
    """`person` rows carry the identity in the clear; it is sealed when they are written."""
    roster = _Roster(tables, seed, place)
    micro = [g for g in tables["grid"] if g["tier"] == 3 and g["kind"] == "residential"]
    for grid in micro:
        for _ in range(STEWARDS_PER_GRID):
            roster.add("steward", text(grid, "id"), STEWARDS_GO)
    for grid in (g for g in tables["grid"] if g["tier"] == 2):
        for _ in range(FULL_TIME_PER_GENERAL):
            roster.add("full_time", text(grid, "id"), FULL_TIME_GO)
    for number in range(round(FULL_VOLUNTEERS * scale)):
        grid = micro[number % len(micro)] if number < len(micro) else roster.some(micro)
        roster.add("volunteer", text(grid, "id"), VOLUNTEERS_GO)


class _Roster:
    """Writes down staff and their persons; sexes are drawn apart, so that names stay as they were."""

    def __init__(self, tables: Tables, seed: int, place: int) -> None:
        self._tables, self._place = tables, place
        self._rng, self._sexes = seeded(seed, "staff"), seeded(seed, "staff/sexes")

    def some(self, grids: list[Row]) -> Row:
        return self._rng.choice(grids)

    def add(self, role: str, grid_id: str, travel_modes: tuple[tuple[str, int], ...]) -> None:
        rng, number = self._rng, len(self._tables["staff"]) + 1
        travel_mode = _chosen(rng, travel_modes)
        person_id, staff_id = f"p-{rng.getrandbits(64):016x}", f"{PREFIX[role]}{number:04d}"
        identity = {
            "no": staff_id,
            "name": full_name(rng)[1],
            "phone": staff_phone(self._place, number),
            "sex": self._sexes.choices((MALE, FEMALE), (38, 62))[0],
            "born": None,
            "id_no": None,
            "demo": True,
        }
        self._tables["person"].append(
            {
                "community12": COMMUNITY12,
                "person_id": person_id,
                "identity": identity,
                "demo": True,
                "provenance": DEMO,
            }
        )
        self._tables["staff"].append(
            {
                "community12": COMMUNITY12,
                "id": staff_id,
                "person_id": person_id,
                "role": role,
                "grid_id": grid_id,
                "travel_mode": travel_mode,
                "valid_from": VALID_FROM,
                "valid_to": None,
                "provenance": DEMO,
            }
        )


def _chosen(rng: Random, weighed: tuple[tuple[str, int], ...]) -> str:
    if len(weighed) == 1:
        return weighed[0][0]
    return rng.choices([mode for mode, _ in weighed], [weight for _, weight in weighed])[0]
