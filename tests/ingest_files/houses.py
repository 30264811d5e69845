"""Footprints as GeoJSON features, and what the store then holds."""

from shapely.geometry import box, mapping

CODE12 = "510115006001"
WEST, SOUTH = 103.85, 30.68
BOUNDS = (103.845, 30.675, 103.865, 30.695)


def house(column: int = 0, row: int = 0, *, west: float = WEST, south: float = SOUTH):
    """A footprint of about 14 m × 13 m on a grid of 29 m."""
    x, y = west + column * 0.0003, south + row * 0.00025
    return box(x, y, x + 0.00015, y + 0.00012)


def feature(shape, **properties):
    geometry = shape if isinstance(shape, dict) or shape is None else mapping(shape)
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def buildings(store):
    return store.read("SELECT * EXCLUDE (imported_at) FROM building ORDER BY x_m, y_m").to_pylist()


def storeys(store):
    return store.read(
        "SELECT building_id, ordinal, label, z_floor_m, height_m FROM storey ORDER BY building_id, ordinal"
    ).to_pylist()
