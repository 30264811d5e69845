"""Names and numbers that are right in form and can be nobody's."""

from collections.abc import Sequence
from datetime import date
from random import Random

from twin.demo.tables import words
from twin.model.id_numbers import DEMO_PREFIX, check_digit

ORG_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORG_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
NO_SUCH_AREA = f"{DEMO_PREFIX}00"
MALE, FEMALE = "1", "2"


class IdNumbers:
    """Hands out ID numbers, none twice: area, birth date, a sequence (odd for men), a check character."""

    def __init__(self, place: int) -> None:
        self._area = f"{NO_SUCH_AREA}{place:02d}"
        self._given: dict[tuple[date, str], int] = {}

    def of(self, born: date, sex: str) -> str:
        turn = self._given.get((born, sex), 0)
        self._given[born, sex] = turn + 1
        sequence = 2 * turn + (1 if sex == MALE else 2)
        body = f"{self._area}{born.isoformat().replace('-', '')}{sequence:03d}"
        return body + check_digit(body)


def org_code(place: int, number: int) -> str:
    """A social credit code (GB 32100) of a trader in an area that does not exist, both checks right."""
    body = f"MA{place:02d}{number:04d}"
    own = (11 - sum(ORG_DIGITS.index(c) * w for c, w in zip(body, ORG_BODY_WEIGHTS, strict=True)) % 11) % 11
    first = f"92{NO_SUCH_AREA}00{body}{'X' if own == 10 else own}"
    return first + org_check_character(first)


def org_check_character(seventeen: str) -> str:
    total = sum(ORG_DIGITS.index(c) * pow(3, place, 31) for place, c in enumerate(seventeen))
    return ORG_DIGITS[(31 - total % 31) % 31]


def full_name(rng: Random, surname: str | None = None) -> tuple[str, str]:
    """The surname and the whole name, which says that it is invented."""
    surname = surname or rng.choice(words("surnames"))
    given: Sequence[str] = words("given_names")
    return surname, f"演示{surname}{rng.choice(given)}{rng.choice(given)}"


def staff_phone(place: int, number: int) -> str:
    """No mobile number in China begins with 100."""
    return f"100{place - 1:02d}{number:06d}"


def resident_phone(place: int, number: int) -> str:
    return f"100{49 + place:02d}{number:06d}"
