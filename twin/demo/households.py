"""Who lives together: the forms of households, their members' kinship, sex and age."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from twin.demo.identity import FEMALE, MALE

ADULT, RETIRED, FRAIL = 18, 60, 80
OLDEST = 99


@dataclass(frozen=True, slots=True)
class Member:
    """`cared` is one whom the community looks after, `of_line` one who bears the head's surname."""

    kinship: str
    sex: str
    age: int
    of_line: bool = True
    cared: bool = False
    why: tuple[str, ...] = ()


Form = Callable[[Random], list[Member]]


def _either(rng: Random) -> str:
    return rng.choice((MALE, FEMALE))


def _other(sex: str) -> str:
    return FEMALE if sex == MALE else MALE


def _old(rng: Random, least: int = RETIRED, most: int = 92) -> int:
    return round(rng.triangular(least, most, least + (most - least) * 0.3))


def single_adult(rng: Random) -> list[Member]:
    return [Member("head", _either(rng), round(rng.triangular(22, 59, 31)))]


def single_elder(rng: Random) -> list[Member]:
    """Women outlive men."""
    return [Member("head", rng.choices((MALE, FEMALE), (32, 68))[0], _old(rng, 63, OLDEST))]


def _pair(rng: Random, age: int) -> list[Member]:
    """The head and a spouse of about the same age, the man rather the elder."""
    sex = rng.choices((MALE, FEMALE), (66, 34))[0]
    gap = rng.randint(-1, 5) * (-1 if sex == MALE else 1)
    return [Member("head", sex, age), Member("spouse", _other(sex), max(20, age + gap), of_line=False)]


def young_couple(rng: Random) -> list[Member]:
    return _pair(rng, round(rng.triangular(24, 45, 30)))


def elder_couple(rng: Random) -> list[Member]:
    return _pair(rng, _old(rng, RETIRED, 90))


def parents_and_one(rng: Random) -> list[Member]:
    return _family(rng, 1)


def parents_and_two(rng: Random) -> list[Member]:
    return _family(rng, 2)


def _family(rng: Random, children: int, oldest: int = 31) -> list[Member]:
    """Parents were 23 to 36 when the first child came."""
    first = round(rng.triangular(0, oldest, oldest * 0.45)) if children == 1 else rng.randint(3, 22)
    ages = [first, max(0, first - rng.randint(2, 6))][:children]
    parents = _pair(rng, first + rng.randint(24, 35))
    if parents[1].age - first < 20:
        parents[1] = replace(parents[1], age=first + 22)
    return parents + [Member("child", _either(rng), age) for age in ages]


def one_parent(rng: Random) -> list[Member]:
    child = rng.randint(2, 24)
    return [
        Member("head", rng.choices((MALE, FEMALE), (25, 75))[0], child + rng.randint(23, 34)),
        Member("child", _either(rng), child),
    ]


def three_generations(rng: Random) -> list[Member]:
    """The middle generation heads the household; one or both of its parents live with it."""
    family = _family(rng, rng.choices((1, 2), (68, 32))[0], 16)
    head = family[0]
    age = min(OLDEST, head.age + rng.randint(23, 31))
    of_head = rng.random() < 0.65
    sex = rng.choices((MALE, FEMALE), (35, 65))[0]
    elders = [Member("parent", sex, age, of_line=of_head and sex == MALE)]
    if rng.random() < 0.5:
        elders.append(
            Member(
                "parent", _other(sex), max(48, age + rng.randint(-4, 2)), of_line=of_head and sex == FEMALE
            )
        )
    return family + elders


def elders_and_grandchild(rng: Random) -> list[Member]:
    child = rng.randint(1, 15)
    return [*_pair(rng, child + rng.randint(50, 60)), Member("grandchild", _either(rng), child)]


def sharing(rng: Random) -> list[Member]:
    """Tenants who are strangers to one another."""
    count = rng.choices((2, 3, 4), (45, 38, 17))[0]
    ages = [round(rng.triangular(19, 42, 25)) for _ in range(count)]
    return [
        Member("head" if turn == 0 else "other", _either(rng), age, of_line=turn == 0)
        for turn, age in enumerate(ages)
    ]


OWNERS_OF_WALKUPS: tuple[tuple[Form, float], ...] = (
    (single_elder, 9),
    (elder_couple, 14),
    (single_adult, 8),
    (young_couple, 8),
    (parents_and_one, 29),
    (parents_and_two, 9),
    (one_parent, 5),
    (three_generations, 15),
    (elders_and_grandchild, 3),
)
OWNERS_OF_TOWERS: tuple[tuple[Form, float], ...] = (
    (single_elder, 4),
    (elder_couple, 9),
    (single_adult, 9),
    (young_couple, 14),
    (parents_and_one, 31),
    (parents_and_two, 14),
    (one_parent, 4),
    (three_generations, 13),
    (elders_and_grandchild, 2),
)
TENANTS: tuple[tuple[Form, float], ...] = (
    (sharing, 30),
    (single_adult, 24),
    (young_couple, 20),
    (parents_and_one, 17),
    (parents_and_two, 4),
    (one_parent, 4),
    (single_elder, 1),
)


def household(rng: Random, storeyed: str, state: str) -> list[Member]:
    """Someone who lives in a home of this form of building, as owner or as tenant."""
    owners = OWNERS_OF_TOWERS if storeyed == "tower" else OWNERS_OF_WALKUPS
    forms = TENANTS if state == "rented" else owners
    chosen = rng.choices([form for form, _ in forms], [weight for _, weight in forms])[0]
    return chosen(rng)


def alone_in_old_age(rng: Random) -> list[Member]:
    head = replace(single_elder(rng)[0], age=_old(rng, 66, OLDEST), cared=True)
    why = ["独居"]
    if head.age >= FRAIL and rng.random() < 0.35:
        why.append("失能")
    if rng.random() < 0.06:
        why.append("计划生育特殊家庭")
    return [replace(head, why=tuple(why))]


def couple_in_old_age(rng: Random) -> list[Member]:
    pair = _pair(rng, _old(rng, 68, 93))
    elder = max(range(2), key=lambda i: pair[i].age)
    why = ("空巢", "失能") if rng.random() < 0.3 else ("空巢",)
    pair[elder] = replace(pair[elder], cared=True, why=why)
    return pair


def frail_parent_at_home(rng: Random) -> list[Member]:
    """An elder who cannot manage alone, with grown children."""
    age = _old(rng, 72, OLDEST)
    parent = Member("parent", rng.choices((MALE, FEMALE), (38, 62))[0], age, cared=True, why=("失能",))
    return [*_pair(rng, max(40, age - rng.randint(24, 32))), parent]


def disabled_adult(rng: Random) -> list[Member]:
    parents = _pair(rng, rng.randint(52, 76))
    age = max(ADULT, min(p.age for p in parents) - rng.randint(23, 32))
    child = Member("child", _either(rng), age, cared=True, why=("重残",))
    return [*parents[: rng.choice((1, 2, 2))], child]


CARED_FOR: tuple[tuple[Form, float], ...] = (
    (alone_in_old_age, 46),
    (couple_in_old_age, 26),
    (frail_parent_at_home, 17),
    (disabled_adult, 11),
)


def cared_household(rng: Random) -> list[Member]:
    """A household of which the community looks after one."""
    return rng.choices([form for form, _ in CARED_FOR], [weight for _, weight in CARED_FOR])[0](rng)
