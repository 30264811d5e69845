"""Residents of the demo: a household in every home that is not vacant, and those who are cared for."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from random import Random

from twin.demo.households import Member, cared_household, household
from twin.demo.identity import IdNumbers, full_name, resident_phone
from twin.demo.rows import COMMUNITY12, DEMO, VALID_FROM, Row, Tables, seeded, text
from twin.model.care import SCHEME, THREE_COLOUR

TODAY = VALID_FROM.date()
OLDEST_LEASE_DAYS, OLDEST_DEED_DAYS = 3 * 365, 21 * 365
FIRST_PHONE_AGE = 10
FULL_RED, FULL_YELLOW = 26, 90
WEIGHT = {"失能": 3, "重残": 2, "独居": 2, "计划生育特殊家庭": 1, "空巢": 0}
PROVEN: Row = {"community12": COMMUNITY12, "provenance": DEMO}


def add_residents(tables: Tables, seed: int, scale: float, place: int = 1) -> None:
    """Homes with a care kit get a household of which one is cared for; `place` keeps numbers apart."""
    rng = seeded(seed, "residents")
    kits = {d["unit_id"] for d in tables["device"] if d["kind"] == "voice_care_panel"}
    forms = {b["id"]: text(b, "form") for b in tables["building"]}
    registry = _Registry(tables, rng, place)
    recipients: list[tuple[Member, str, str]] = []
    for unit in tables["unit"]:
        if unit["use"] != "dwelling" or unit["state"] == "vacant":
            continue
        state = text(unit, "state")
        if unit["id"] in kits:
            members = cared_household(rng)
        else:
            members = household(rng, forms[unit["building_id"]], state)
        people = registry.move_in(members, text(unit, "id"), is_rented=state == "rented")
        recipients += [
            (member, person_id, text(unit, "id"))
            for member, person_id in zip(members, people, strict=True)
            if member.cared
        ]
    _add_care(tables, seeded(seed, "care"), scale, recipients)


class _Registry:
    """Writes down persons, households and who lives where."""

    def __init__(self, tables: Tables, rng: Random, place: int) -> None:
        self._tables, self._rng, self._place = tables, rng, place
        self._numbers = IdNumbers(place)
        self._people = 0

    def move_in(self, members: list[Member], unit_id: str, *, is_rented: bool) -> list[str]:
        """The persons' ids, in the order of the members."""
        tables, rng = self._tables, self._rng
        number = len(tables["household"]) + 1
        household_id = f"h{number:05d}"
        tables["household"].append(
            PROVEN
            | {"id": household_id, "household_no": f"{self._place:02d}{number:06d}", "unit_id": unit_id}
        )
        longest = OLDEST_LEASE_DAYS if is_rented else OLDEST_DEED_DAYS
        moved_in = TODAY - timedelta(days=rng.randrange(30, longest))
        is_registered = rng.random() < (0.07 if is_rented else 0.86)
        surname: str | None = None
        found = []
        for member in members:
            self._people += 1
            person_id, born = f"p-{rng.getrandbits(64):016x}", _born(rng, member.age)
            name_of, name = full_name(rng, surname if member.of_line else None)
            surname = surname or name_of
            self._add_person(person_id, member, born, name)
            tables["occupancy"].append(
                PROVEN
                | {
                    "id": f"o{self._people:05d}",
                    "person_id": person_id,
                    "unit_id": unit_id,
                    "household_id": household_id,
                    "kinship": member.kinship,
                    "tenure": _tenure(member, is_rented=is_rented),
                    "hukou_match": "01" if is_registered and rng.random() < 0.95 else "02",
                    "valid_from": _midnight(max(moved_in, born)),
                    "valid_to": None,
                }
            )
            found.append(person_id)
        return found

    def _add_person(self, person_id: str, member: Member, born: date, name: str) -> None:
        has_phone = member.age >= FIRST_PHONE_AGE and self._rng.random() < (0.8 if member.age >= 80 else 0.97)
        identity = {
            "no": f"R{self._people:05d}",
            "name": name,
            "phone": resident_phone(self._place, self._people) if has_phone else None,
            "sex": member.sex,
            "born": born.isoformat(),
            "id_no": self._numbers.of(born, member.sex),
            "demo": True,
        }
        self._tables["person"].append(PROVEN | {"person_id": person_id, "identity": identity, "demo": True})


def _tenure(member: Member, *, is_rented: bool) -> str:
    if member.kinship == "other":
        return "tenant" if is_rented else "other"
    if member.kinship != "head":
        return "family"
    return "tenant" if is_rented else "owner"


def _born(rng: Random, age: int) -> date:
    """Some day that makes one this old at the start of the demo's year."""
    last = date(TODAY.year - age, TODAY.month, TODAY.day)
    return last - timedelta(days=rng.randrange(365))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VALID_FROM.tzinfo)


def _add_care(tables: Tables, rng: Random, scale: float, found: Iterable[tuple[Member, str, str]]) -> None:
    """The hardest cases are red, then yellow; all others are blue."""
    tables["care_level"] += [
        PROVEN | {"scheme": SCHEME, "valid_from": VALID_FROM, "valid_to": None} | asdict(level)
        for level in THREE_COLOUR
    ]
    ordered = sorted(found, key=lambda one: (-_need(one[0]), one[1]))
    red = round(FULL_RED * scale)
    yellow = red + round(FULL_YELLOW * scale)
    for turn, (member, person_id, unit_id) in enumerate(ordered):
        assessed = TODAY - timedelta(days=rng.randrange(1, 90))
        tables["care_profile"].append(
            PROVEN
            | {
                "id": f"k{turn + 1:04d}",
                "person_id": person_id,
                "unit_id": unit_id,
                "scheme": SCHEME,
                "level": "red" if turn < red else "yellow" if turn < yellow else "blue",
                "detail": {"categories": list(member.why)},
                "assessed_at": _midnight(assessed),
                "valid_from": _midnight(assessed),
                "valid_to": None,
            }
        )


def _need(member: Member) -> int:
    return sum(WEIGHT[why] for why in member.why) + max(0, (member.age - 75) // 5)
