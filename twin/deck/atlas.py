"""The signs of `icons.png` (drawn from `icons.svg` beside it): which cell holds which."""

from typing import Any

ATLAS = "/static/twin/icons.png"
PLACE = "place"
SIGNS = (
    "party_centre", "clinic", "pharmacy", "elder_care", "school", "kindergarten",
    "childcare_place", "market", "convenience", "restaurant", "police", "park",
    "parking", "charging", "toilet", "parcel", PLACE, "hydrant",
    "gas_valve",
)  # fmt: skip
COLUMNS, CELL_PX, MARGIN_PX = 6, 72, 4


def mapping() -> dict[str, dict[str, Any]]:
    """deck.gl's iconMapping; only the alpha of the atlas is used, the colour is the layer's."""
    side = CELL_PX - 2 * MARGIN_PX
    return {
        sign: {
            "x": index % COLUMNS * CELL_PX + MARGIN_PX,
            "y": index // COLUMNS * CELL_PX + MARGIN_PX,
            "width": side,
            "height": side,
            "mask": True,
        }
        for index, sign in enumerate(SIGNS)
    }


def sign_of(name: str) -> str:
    """The sign of this name, or the plain place mark for a category that has none yet."""
    return name if name in SIGNS else PLACE
