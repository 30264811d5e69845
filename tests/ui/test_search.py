"""Search: the exact before the near, one spelling for many, and every hit leads somewhere."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.model.clearance import DESK, WALL
from twin.ui.search import HITS_MAX, normal, search
from twin.ui.services import Services


def found(services: Services, query: str, **how: Any) -> list[str]:
    return [f"{hit['kind']}:{hit['id']}" for hit in search(services, query, DESK, **how)]


@pytest.mark.parametrize("query", ["3栋", "三栋", "3 栋", "３栋", "3号楼", "三幢"])
def test_a_building_is_found_however_its_number_is_written(services: Services, query: str) -> None:
    assert found(services, query)[0] == "building:b1"


def test_the_third_building_is_not_the_end_of_the_thirteenth(services: Services) -> None:
    assert "building:b13" not in found(services, "3栋")
    assert found(services, "十三栋")[0] == "building:b13"


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("桂花苑", "compound:c1"),
        ("第二网格", "grid:g2"),
        ("卫生站", "facility:f1"),
        ("air-01", "device:air-01"),
        ("AIR01", "device:air-01"),
        ("永宁路8号3栋", "building:b1"),
        ("3栋1单元302", "unit:u302"),
        ("3栋302", "unit:u302"),
    ],
)
def test_each_kind_is_found_first_by_its_own_words(services: Services, query: str, hit: str) -> None:
    assert found(services, query)[0] == hit


def test_a_ticket_is_found_by_its_id_as_soon_as_it_is_reported(services: Services, house: Any) -> None:
    assert found(services, "T-2026-7") == []
    house.ticket("T-2026-7", building_id="b1", storey_ordinal=2, unit_id="u302")
    hit = search(services, "t-2026-7", DESK)[0]
    assert (hit["kind"], hit["building_id"], hit["storey"], hit["unit_id"]) == ("ticket", "b1", 2, "u302")


def test_exact_comes_before_prefix_and_prefix_before_contained(services: Services, house: Any) -> None:
    for ticket in ("xray-1", "xray-12", "zz-xray-1"):
        house.ticket(ticket)
    assert found(services, "xray-1") == ["ticket:xray-1", "ticket:xray-12", "ticket:zz-xray-1"]


def test_the_wall_s_index_holds_no_unit_and_no_home_device(services: Services) -> None:
    assert search(services, "home-canary", WALL) == []
    assert all(hit["unit_id"] is None for hit in search(services, "302", WALL))


def test_nothing_is_found_by_nothing_and_never_more_than_twenty(services: Services, house: Any) -> None:
    assert search(services, "  -- ", DESK) == []
    for number in range(30):
        house.ticket(f"many-{number}")
    assert len(search(services, "many", DESK)) == HITS_MAX
    assert len(search(services, "many", DESK, limit=5)) == 5
    assert len(search(services, "many", DESK, limit=500)) == HITS_MAX


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 199))
def test_chinese_numerals_are_read_as_their_number(number: int) -> None:
    assert normal(f"{spoken(number)}栋") == f"{number}栋"


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40))
def test_full_and_half_width_are_one_spelling(text: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in text)
    assert normal(wide) == normal(text)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=40))
def test_any_text_can_be_asked_for(text: str) -> None:
    assert not any(letter.isspace() for letter in normal(text))


def spoken(number: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if hundreds and rest and not tens:
        text += "零"
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    return text + (digits[ones] if ones or not number else "")
