"""Who lives in the demo: as many as in the real place, in believable households, none of them anybody."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.demo import Community
from twin.demo.identity import ORG_DIGITS, org_code
from twin.demo.residents import TODAY

Row = dict[str, object]


def age(person: Row) -> int:
    born = date.fromisoformat(str(identity(person)["born"]))
    return TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))


def identity(person: Row) -> Row:
    value = person["identity"]
    assert isinstance(value, dict)
    return value


def residents(community: Community) -> dict[object, Row]:
    people = {person["person_id"]: person for person in community.tables["person"]}
    return {row["person_id"]: people[row["person_id"]] for row in community.tables["occupancy"]}


def households(community: Community) -> Iterator[list[tuple[Row, Row]]]:
    people = residents(community)
    by_household: dict[object, list[tuple[Row, Row]]] = defaultdict(list)
    for row in community.tables["occupancy"]:
        by_household[row["household_id"]].append((row, people[row["person_id"]]))
    yield from by_household.values()


def test_about_twenty_thousand_people_live_in_eight_thousand_dwellings(whole: Community) -> None:
    assert 19_000 <= len(residents(whole)) <= 21_000
    assert len(residents(whole)) == len(whole.tables["occupancy"])


def test_every_home_that_is_not_vacant_has_one_household_and_no_other_has(whole: Community) -> None:
    lived_in = {u["id"] for u in whole.tables["unit"] if u["use"] == "dwelling" and u["state"] != "vacant"}
    homes = [h["unit_id"] for h in whole.tables["household"]]
    assert len(homes) == len(set(homes))
    assert set(homes) == lived_in
    at = {h["id"]: h["unit_id"] for h in whole.tables["household"]}
    assert all(o["unit_id"] == at[o["household_id"]] for o in whole.tables["occupancy"])


def test_a_household_number_is_short_and_given_once(whole: Community) -> None:
    numbers = [str(h["household_no"]) for h in whole.tables["household"]]
    assert max(map(len, numbers)) <= 9
    assert len(numbers) == len(set(numbers))


def test_the_ages_are_those_of_an_old_quarter(whole: Community) -> None:
    ages = [age(person) for person in residents(whole).values()]
    shares = [sum(low <= a < high for a in ages) / len(ages) for low, high in ((0, 15), (60, 200), (80, 200))]
    assert 0.10 <= shares[0] <= 0.19
    assert 0.16 <= shares[1] <= 0.26
    assert 0.02 <= shares[2] <= 0.06
    assert max(ages) <= 105
    sexes = Counter(identity(person)["sex"] for person in residents(whole).values())
    assert 0.85 <= sexes["1"] / sexes["2"] <= 1.1


def test_many_kinds_of_households_live_here(whole: Community) -> None:
    forms: Counter[str] = Counter()
    for members in households(whole):
        kin = Counter(str(row["kinship"]) for row, _ in members)
        oldest = max(age(person) for _, person in members)
        if len(members) == 1:
            forms["elder alone" if oldest >= 60 else "alone"] += 1
        elif kin["child"] and kin["parent"]:
            forms["three generations"] += 1
        elif kin["other"]:
            forms["sharing"] += 1
        elif kin["child"]:
            forms["parents and children"] += 1
        elif kin["spouse"] and len(members) == 2:
            forms["elder couple" if oldest >= 60 else "couple"] += 1
    total = len(whole.tables["household"])
    assert all(0.03 <= forms[form] / total <= 0.5 for form in forms), forms
    assert len(forms) == 7


def test_a_household_has_one_head_and_children_are_younger_than_their_parents(whole: Community) -> None:
    for members in households(whole):
        ages: dict[str, list[int]] = defaultdict(list)
        for row, person in members:
            ages[str(row["kinship"])].append(age(person))
        assert len(ages["head"]) == 1
        assert len(ages["spouse"]) <= 1
        for child in ages["child"]:
            assert min(ages["head"] + ages["spouse"]) - child >= 18
        for parent in ages["parent"]:
            assert parent - ages["head"][0] >= 17


def test_nobody_lives_here_before_birth(whole: Community) -> None:
    people = residents(whole)
    for row in whole.tables["occupancy"]:
        born = date.fromisoformat(str(identity(people[row["person_id"]])["born"]))
        since = row["valid_from"]
        assert born <= since.date() <= TODAY


def test_tenants_rent_and_are_rarely_registered_where_they_live(whole: Community) -> None:
    state = {u["id"]: u["state"] for u in whole.tables["unit"]}
    here: Counter[tuple[object, object]] = Counter()
    for row in whole.tables["occupancy"]:
        if row["kinship"] == "head":
            assert row["tenure"] == ("tenant" if state[row["unit_id"]] == "rented" else "owner")
        here[row["tenure"], row["hukou_match"]] += 1
    assert here["tenant", "02"] > 5 * here["tenant", "01"]
    assert here["owner", "01"] > 3 * here["owner", "02"]


def test_an_id_number_is_right_in_form_says_sex_and_birth_and_is_given_once(whole: Community) -> None:
    """ISO 7064: all eighteen characters, weighed by powers of two modulo 11, leave 1."""
    numbers = []
    for person in residents(whole).values():
        who = identity(person)
        number = str(who["id_no"])
        assert len(number) == 18
        digits = [10 if c == "X" else int(c) for c in number]
        assert sum(digit * pow(2, 17 - i, 11) for i, digit in enumerate(digits)) % 11 == 1
        assert number[6:14] == str(who["born"]).replace("-", "")
        assert ("1" if int(number[16]) % 2 else "2") == who["sex"]
        numbers.append(number)
    assert len(set(numbers)) == len(numbers)


def test_no_two_people_share_a_phone_or_a_number_in_the_list(whole: Community) -> None:
    everybody = [identity(person) for person in whole.tables["person"]]
    phones = [who["phone"] for who in everybody if who["phone"]]
    assert len(phones) == len(set(phones))
    assert all(len(str(phone)) == 11 for phone in phones)
    assert len({who["no"] for who in everybody}) == len(everybody)


def test_three_hundred_and_ten_are_cared_for_in_the_homes_with_a_kit(whole: Community) -> None:
    kits = [d["unit_id"] for d in whole.tables["device"] if d["kind"] == "voice_care_panel"]
    profiles = whole.tables["care_profile"]
    assert sorted(map(str, kits)) == sorted(str(p["unit_id"]) for p in profiles)
    assert Counter(p["level"] for p in profiles) == {"red": 26, "yellow": 90, "blue": 194}
    lives_in = {o["person_id"]: o["unit_id"] for o in whole.tables["occupancy"]}
    assert all(lives_in[p["person_id"]] == p["unit_id"] for p in profiles)


def test_those_cared_for_are_old_or_disabled_and_the_reason_is_said(whole: Community) -> None:
    people = residents(whole)
    for profile in whole.tables["care_profile"]:
        detail = profile["detail"]
        assert isinstance(detail, dict)
        assert detail["categories"]
        assert age(people[profile["person_id"]]) >= 60 or "重残" in detail["categories"]


def test_a_small_community_has_its_share_of_care(small: Community) -> None:
    assert Counter(p["level"] for p in small.tables["care_profile"]) == {"red": 5, "yellow": 18, "blue": 39}
    assert [level["level"] for level in small.tables["care_level"]] == ["red", "yellow", "blue"]


def test_most_stewards_answer_for_fifty_to_a_hundred_residents(whole: Community) -> None:
    grid_of = {e["id"]: e["micro_grid_id"] for e in whole.tables["entrance"]}
    entrance_of = {u["id"]: u["entrance_id"] for u in whole.tables["unit"]}
    load = Counter(grid_of[entrance_of[o["unit_id"]]] for o in whole.tables["occupancy"])
    within = [50 <= residents_ / 2 <= 100 for residents_ in load.values()]
    assert sum(within) / len(within) > 0.8
    assert sum(load.values()) / (2 * len(load)) == pytest.approx(82, abs=5)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(1, 10), number=st.integers(1, 99))
def test_an_organisation_code_passes_its_check_and_names_no_real_area(place: int, number: int) -> None:
    """GB 32100: all eighteen characters, weighed by powers of three modulo 31, leave nothing."""
    code = org_code(place, number)
    assert len(code) == 18 and code[2:4] == "99"
    assert sum(ORG_DIGITS.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17])) % 31 == (
        (31 - ORG_DIGITS.index(code[17])) % 31
    )
