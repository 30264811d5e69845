"""ID numbers and masks: what is shown without a reason never shows a whole."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.model.id_numbers import birth_date, check_digit, sex
from twin.model.masking import HIDDEN, masked_id_no, masked_name, masked_phone


def test_the_check_digit_is_that_of_the_standards_own_example():
    assert check_digit("11010519491231002") == "X"
    assert check_digit("44052418800101001") == "4"


@given(st.from_regex(r"[0-9]{17}", fullmatch=True), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(first17, place, by):
    wrong = first17[:place] + str((int(first17[place]) + by) % 10) + first17[place + 1 :]
    assert check_digit(wrong) != check_digit(first17)


def test_birth_date_and_sex_are_read_from_the_number():
    assert birth_date("11010519491231002X") == date(1949, 12, 31)
    assert birth_date("11010519490231002X") is None
    assert sex("11010519491231002X") == "2"


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (masked_name, "张大山", "张**"),
        (masked_name, "欧阳大山", "欧**"),
        (masked_name, "张", HIDDEN),
        (masked_phone, "13812341234", "138****1234"),
        (masked_phone, "02887654321", "0288****21"),
        (masked_phone, "12345", HIDDEN),
        (masked_phone, "13812341234 转 8", HIDDEN),
        (masked_id_no, "11010519491231002X", "1***************2X"),
        (masked_id_no, "11010519491231002x", HIDDEN),
        (masked_id_no, "", HIDDEN),
    ],
)
def test_a_mask_hides_what_does_not_fit_its_pattern(mask, value, shown):
    assert mask(value) == shown


@given(st.text())
def test_no_mask_gives_a_value_back(value):
    for mask in (masked_phone, masked_id_no):
        assert mask(value) == HIDDEN or "***" in mask(value)
