"""Citizen identity numbers (GB 11643): the check digit and the birth date that lie in them."""

from datetime import date

LENGTH = 18
# No area code begins with 99: a number that does can be nobody's.
DEMO_PREFIX = "99"

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def check_digit(first17: str) -> str:
    """ISO 7064 MOD 11-2 over the first seventeen digits."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True)) % 11]


def birth_date(id_no: str) -> date | None:
    """None when digits 7 to 14 are no day of the calendar."""
    try:
        return date(int(id_no[6:10]), int(id_no[10:12]), int(id_no[12:14]))
    except ValueError:
        return None


def sex(id_no: str) -> str:
    """GB/T 2261.1: 1 male, 2 female."""
    return "1" if int(id_no[16]) % 2 else "2"
