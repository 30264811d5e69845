"""Who may see what: the type that passes through relation, encoder and frame."""

from dataclasses import dataclass
from typing import Literal

Screen = Literal["wall", "desk"]


@dataclass(frozen=True, slots=True)
class Clearance:
    """`key` is what relations are given as `$clearance` and what caches are kept under."""

    screen: Screen

    @property
    def key(self) -> str:
        return self.screen

    @property
    def sees_units(self) -> bool:
        return self.screen == "desk"


WALL = Clearance("wall")
DESK = Clearance("desk")
