"""The soft stain around every foot. The shadow a building casts is the page's: it follows the sun."""

import shapely
from shapely.geometry.base import BaseGeometry

from twin.deck.geometry import Shapes, polygons, rings
from twin.deck.part import STAINED, Origin, Part, Row, part
from twin.deck.theme import Theme, with_alpha

# Rings around the foot: metres out, and how dark (of 255).
CONTACT_M = ((4.5, 38), (2.6, 48), (1.2, 70))
# Many buildings are seen from further away: a single ring keeps them light on the wire.
CONTACT_OF_MANY_M = ((1.5, 96),)
STAIN_GRID_M = 0.5
STAIN_GRID_OF_MANY_M = 1.0


def contact(layer_id: str, shapes: Shapes, many: bool, origin: Origin, theme: Theme) -> Part:
    """Rings joined over all buildings: where two meet, none darkens twice."""
    grid_m = STAIN_GRID_OF_MANY_M if many else STAIN_GRID_M
    rows: list[Row] = [
        {"id": f"shadow-{index}", "p": rings(polygon, digits=1), "c": with_alpha(theme.shadow, alpha)}
        for index, (metres, alpha) in enumerate(CONTACT_OF_MANY_M if many else CONTACT_M)
        for polygon in polygons(_around(shapes, metres, grid_m))
        if polygon.area > 1.0
    ]
    return part(
        "SolidPolygonLayer",
        f"{layer_id}/shadow",
        rows,
        origin,
        get_polygon="p",
        get_fill_color="c",
        parameters=STAINED,
        pickable=False,
    )


def _around(shapes: Shapes, metres: float, grid_m: float) -> BaseGeometry:
    """One stain of many, this much wider than they are; a coarse grid does for what has no edge."""
    wider = shapely.buffer(shapes, metres, join_style="mitre", mitre_limit=2)
    return shapely.set_precision(shapely.simplify(shapely.union_all(wider), grid_m), grid_m)
