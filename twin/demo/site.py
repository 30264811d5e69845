"""What stands on a block while the community is being built, before it gets ids and addresses."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shapely import STRtree, affinity
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from twin.demo.geometry import largest, without
from twin.demo.shapes import Footprint


@dataclass(frozen=True, slots=True)
class Draft:
    """A building in the making. Homes are on storeys `first_home` and up; below them are shops or a lobby."""

    footprint: Footprint
    use: str
    form: str
    storeys: int
    below: int = 0
    storey_m: float = 3.0
    name: str | None = None
    first_home: int = 0
    unit_use: str = "dwelling"
    compound: bool = False

    @property
    def dwellings(self) -> int:
        if self.unit_use != "dwelling":
            return 0
        return sum(len(cells) for cells in self.footprint.cells) * (self.storeys - self.first_home)


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of ground: green, parking, plaza, sports or water."""

    kind: str
    polygon: Polygon
    name: str | None = None


@dataclass(slots=True)
class Site:
    """One block being filled: what is free, what has been placed."""

    face: int
    free: Polygon
    angle_deg: float
    zone: str = ""
    name: str | None = None
    drafts: list[Draft] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    tree_areas: list[tuple[BaseGeometry, float]] = field(default_factory=list)

    def fits(self, outline: Polygon, clear_m: float, inside: Polygon | None = None) -> bool:
        area = self.free if inside is None else inside
        if not area.contains(outline):
            return False
        near = outline.buffer(clear_m, join_style="mitre")
        return not any(near.intersects(draft.footprint.outline) for draft in self.drafts)

    def put(self, draft: Draft) -> Draft:
        self.drafts.append(draft)
        return draft

    def upright(self, margin_m: float) -> Polygon:
        """The block in its own upright frame, a margin in."""
        return largest(
            affinity.rotate(self.free.buffer(-margin_m), -self.angle_deg, origin=self.free.centroid)
        )

    def back(self, shape: Polygon) -> Polygon:
        """From the block's upright frame to where it lies."""
        return affinity.rotate(shape, self.angle_deg, origin=self.free.centroid)

    def placed(self, footprint: Footprint, x_m: float, y_m: float) -> Footprint:
        """A footprint put at a point of the block's upright frame."""
        at = affinity.rotate(Point(x_m, y_m), self.angle_deg, origin=self.free.centroid)
        return footprint.placed(at.x, at.y, self.angle_deg)

    def rest(self) -> Polygon:
        """What buildings and paved ground leave of the block."""
        built = [draft.footprint.outline.buffer(3.0, join_style="mitre") for draft in self.drafts]
        paved = [p.polygon.buffer(2.0) for p in self.patches if p.kind in ("parking", "plaza", "sports")]
        return without(self.free.buffer(-1.5), *built, *paved)

    @property
    def dwellings(self) -> int:
        return sum(draft.dwellings for draft in self.drafts)


def overlapping(outlines: Iterable[Polygon]) -> list[tuple[int, int]]:
    """Pairs of footprints that share more than a touch."""
    shapes = list(outlines)
    tree = STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    pairs = ((int(a), int(b)) for a, b in zip(left, right, strict=True) if a < b)
    return [(a, b) for a, b in pairs if shapes[a].intersection(shapes[b]).area > 0.01]
