"""The words a map layer is declared with."""

from twin.spec.layer import Column, Drill, Layer, Provenance
from twin.spec.style import (
    Chips,
    Colour,
    Fixed,
    Icons,
    Label,
    Outlines,
    Points,
    Rgb,
    Solids,
    States,
    Style,
    Surfaces,
    Trees,
)
from twin.spec.text import T

__all__ = [
    "Chips",
    "Colour",
    "Column",
    "Drill",
    "Fixed",
    "Icons",
    "Label",
    "Layer",
    "Outlines",
    "Points",
    "Provenance",
    "Rgb",
    "Solids",
    "States",
    "Style",
    "Surfaces",
    "T",
    "Trees",
]
