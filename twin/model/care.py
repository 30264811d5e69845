"""The care scheme that a twin begins with; a place that uses other colours or intervals changes the rows."""

from dataclasses import dataclass

SCHEME = "three_colour"


@dataclass(frozen=True, slots=True)
class CareLevel:
    """Days between two contacts, and between two visits at home."""

    level: str
    rank: int
    name: str
    name_en: str
    colour: str
    contact_interval_d: float
    visit_interval_d: float


# Chengdu's three colours are red, yellow and BLUE; elsewhere the third is green.
THREE_COLOUR = (
    CareLevel("red", 1, "红色", "Red", "#d9483b", 1.0, 7.0),
    CareLevel("yellow", 2, "黄色", "Yellow", "#e3a72f", 7.0, 30.0),
    CareLevel("blue", 3, "蓝色", "Blue", "#3f83c8", 30.0, 90.0),
)
