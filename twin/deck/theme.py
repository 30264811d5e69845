"""The picture's colours and lengths as numbers; the words for them are in the design's tokens."""

from dataclasses import dataclass

from twin.spec import Rgb

Rgba = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours are 0–255."""

    background: Rgb = (10, 14, 19)
    land: Rgb = (17, 22, 28)
    land_side: Rgb = (24, 31, 39)
    kerb: Rgb = (74, 86, 98)
    carriageway: Rgb = (33, 40, 48)
    bank: Rgb = (46, 82, 104)
    ghost: Rgb = (58, 67, 78)
    ghost_edge: Rgb = (122, 138, 154)
    lit: Rgb = (190, 206, 222)
    lit_edge: Rgb = (232, 237, 242)
    chosen_unit: Rgb = (232, 237, 242)
    alarm: Rgb = (255, 96, 84)
    shadow: Rgb = (2, 4, 7)
    label_px: float = 17.0


THEME = Theme()


def lighter(rgb: Rgb, share: float) -> Rgb:
    """The colour moved towards white by `share` (towards black when negative)."""
    target = 255 if share >= 0 else 0
    red, green, blue = (round(c + (target - c) * abs(share)) for c in rgb)
    return (red, green, blue)


def with_alpha(rgb: Rgb, alpha: int) -> Rgba:
    return (*rgb, alpha)
