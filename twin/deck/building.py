"""The opened building: its storeys drawn apart, the chosen one solid with its plan, the others ghosted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import shapely

from twin.catalog import shown_columns
from twin.deck.colour import palette_of, state_index
from twin.deck.geometry import borders, polygons, rings, shape_of
from twin.deck.part import GLASS, Origin, Part, Row, literal, part
from twin.deck.theme import Theme, lighter, with_alpha
from twin.model.clearance import Clearance
from twin.spec import Layer

Record = Mapping[str, Any]

# Floors are drawn this much further apart than they are, so that one can look between them.
STRETCH = 1.3
WALL_SHARE = 0.62
# What stands above the chosen storey is lifted by this many of its pitches, so that its plan lies open.
LIFT = 2.4
SLAB_M = 0.35
CELL_INSET_M = 0.22
CELL_M = 1.3
CHOSEN_CELL_M = 2.3
MATERIAL = {"ambient": 0.7, "diffuse": 0.55, "shininess": 8, "specularColor": [30, 34, 40]}


@dataclass(frozen=True, slots=True)
class Floor:
    """A storey where it is drawn: `z_m` its slab's top, `pitch_m` the way to the next."""

    ordinal: int
    z_m: float
    pitch_m: float
    chosen: bool

    @property
    def wall_m(self) -> float:
        return self.pitch_m * WALL_SHARE


@dataclass(frozen=True, slots=True)
class Tower:
    """A footprint and its floors above ground, with the words every picked row carries."""

    id: str
    outlines: tuple[shapely.Polygon, ...]
    floors: tuple[Floor, ...]

    def row(self, floor: Floor, **more: object) -> Row:
        key = f"{self.id}/{floor.ordinal}"
        return {"id": key, "building": self.id, "storey": floor.ordinal, **more}

    def floor(self, ordinal: int | None) -> Floor | None:
        return next((floor for floor in self.floors if floor.ordinal == ordinal), None)


def opened(
    building: Record,
    storeys: Sequence[Record],
    cells: Sequence[Record],
    chosen_storey: int | None,
    chosen_unit: str | None,
    marks: Sequence[Record],
    origin: Origin,
    theme: Theme,
) -> list[Part]:
    """Sub-layers `opened/…`, each row with building and storey, cells with unit too.

    `cells` are the chosen storey's units with geom_wkb (none where the clearance sees none); `marks` come
    from `marks_of`. Storeys below ground are not drawn.
    """
    tower = _tower(building, storeys, chosen_storey)
    shapes = [(cell, shape) for cell in cells for shape in _inset(cell)]
    return [
        _walls(tower, origin, theme),
        _slabs(tower, origin, theme),
        _edges(tower, origin, theme),
        _chosen(tower, bool(shapes), origin, theme),
        _cells(tower, shapes, chosen_storey, chosen_unit, origin, theme),
        _marks(tower, marks, origin),
    ]


def marks_of(layer: Layer, rows: pa.Table, clearance: Clearance) -> list[Record]:
    """A layer's rows of this building as points with their colour, telling only what the screen is shown."""
    shown = shown_columns(layer, clearance.screen)
    palette = palette_of(layer, shown)
    colours = palette.rgba[state_index(palette, rows), :3].tolist()
    drill = layer.drill
    names = (
        {"storey": drill.storey, "unit": drill.unit, "device": drill.device, "ticket": drill.ticket}
        if drill
        else {}
    )
    told = {word: rows[name].to_pylist() for word, name in names.items() if name and name in shown}
    places = zip(rows["x_m"].to_pylist(), rows["y_m"].to_pylist(), strict=True)
    return [
        {"x_m": x, "y_m": y, "rgb": colours[i], **{word: values[i] for word, values in told.items()}}
        for i, (x, y) in enumerate(places)
    ]


def _tower(building: Record, storeys: Sequence[Record], chosen: int | None) -> Tower:
    base = float(building["base_m"] or 0.0)
    floors = tuple(
        Floor(
            ordinal=int(storey["ordinal"]),
            z_m=base + float(storey["z_floor_m"]) * STRETCH + _lift_m(storey, chosen),
            pitch_m=float(storey["height_m"]) * STRETCH,
            chosen=storey["ordinal"] == chosen,
        )
        for storey in storeys
        if storey["ordinal"] >= 0
    )
    outlines = tuple(polygons(shape_of(building["geom_wkb"])))
    return Tower(str(building["id"]), outlines, floors)


def _lift_m(storey: Record, chosen: int | None) -> float:
    above = chosen is not None and storey["ordinal"] > chosen
    return float(storey["height_m"]) * STRETCH * LIFT if above else 0.0


def _inset(cell: Record) -> list[shapely.Polygon]:
    """A unit's plan a little smaller, so that neighbours stand apart; a sliver keeps its size."""
    if not cell.get("geom_wkb"):
        return []
    whole = shape_of(cell["geom_wkb"])
    return polygons(whole.buffer(-CELL_INSET_M, join_style="mitre")) or polygons(whole)


def _walls(tower: Tower, origin: Origin, theme: Theme) -> Part:
    """Faint walls of every storey but the chosen one; they are what a finger meets."""
    rows = [
        tower.row(floor, p=rings(outline, round(floor.z_m, 2)), h=round(floor.wall_m, 2))
        for floor in tower.floors
        if not floor.chosen
        for outline in tower.outlines
    ]
    return part(
        "SolidPolygonLayer",
        "opened/walls",
        rows,
        origin,
        get_polygon="p",
        get_elevation="h",
        get_fill_color=list(with_alpha(theme.ghost_edge, 34)),
        extruded=True,
        pickable=True,
        material=False,
        parameters=GLASS,
    )


def _slabs(tower: Tower, origin: Origin, theme: Theme) -> Part:
    """The floors themselves: what one counts."""
    rows = [
        tower.row(floor, p=rings(outline, round(floor.z_m - SLAB_M, 2)), c=_slab_colour(floor, theme))
        for floor in tower.floors
        for outline in tower.outlines
    ]
    return part(
        "SolidPolygonLayer",
        "opened/slabs",
        rows,
        origin,
        get_polygon="p",
        get_elevation=SLAB_M,
        get_fill_color="c",
        extruded=True,
        pickable=True,
        material=MATERIAL,
    )


def _slab_colour(floor: Floor, theme: Theme) -> list[int]:
    if floor.chosen:
        return list(lighter(theme.lit, -0.45))
    return list(with_alpha(lighter(theme.ghost, 0.08), 205))


def _edges(tower: Tower, origin: Origin, theme: Theme) -> Part:
    rows = [
        tower.row(
            floor,
            p=border,
            c=list(with_alpha(theme.lit_edge, 255) if floor.chosen else with_alpha(theme.ghost_edge, 190)),
            w=0.5 if floor.chosen else 0.18,
        )
        for floor in tower.floors
        for outline in tower.outlines
        for border in borders(outline, round(floor.z_m, 2))
    ]
    return part(
        "PathLayer",
        "opened/edges",
        rows,
        origin,
        get_path="p",
        get_color="c",
        get_width="w",
        width_units=literal("meters"),
        width_min_pixels=0.8,
        width_max_pixels=3,
        pickable=False,
    )


def _chosen(tower: Tower, has_plan: bool, origin: Origin, theme: Theme) -> Part:
    """Without a plan the chosen storey is one solid block."""
    rows = [
        tower.row(floor, p=rings(outline, round(floor.z_m, 2)), h=round(floor.wall_m, 2))
        for floor in tower.floors
        if floor.chosen and not has_plan
        for outline in tower.outlines
    ]
    return _block("opened/chosen", rows, list(theme.lit), origin)


def _cells(
    tower: Tower,
    shapes: Sequence[tuple[Record, shapely.Polygon]],
    chosen_storey: int | None,
    chosen_unit: str | None,
    origin: Origin,
    theme: Theme,
) -> Part:
    """The plan: a cell for a unit, the chosen one standing out by height and tone."""
    floor = tower.floor(chosen_storey)
    rows: list[Row] = []
    for cell, shape in shapes if floor else ():
        assert floor is not None
        chosen = cell["id"] == chosen_unit
        rows.append(
            tower.row(
                floor,
                unit=cell["id"],
                p=rings(shape, round(floor.z_m, 2)),
                h=CHOSEN_CELL_M if chosen else CELL_M,
                c=list(theme.chosen_unit if chosen else lighter(theme.lit, -0.28)),
            )
        )
    return _block("opened/units", rows, "c", origin)


def _block(part_id: str, rows: list[Row], colour: object, origin: Origin) -> Part:
    return part(
        "SolidPolygonLayer",
        part_id,
        rows,
        origin,
        get_polygon="p",
        get_elevation="h",
        get_fill_color=colour,
        extruded=True,
        pickable=True,
        material=MATERIAL,
    )


def _marks(tower: Tower, marks: Sequence[Record], origin: Origin) -> Part:
    """Devices and tickets at their storey; those without one stand on the ground floor."""
    ground = tower.floors[0] if tower.floors else None
    rows: list[Row] = []
    for mark in marks:
        floor = tower.floor(mark.get("storey")) or ground
        if floor is None or mark.get("x_m") is None or mark.get("y_m") is None:
            continue
        place = {"x": round(mark["x_m"], 2), "y": round(mark["y_m"], 2), "z": round(floor.z_m + 1.6, 2)}
        told = {name: mark[name] for name in ("unit", "device", "ticket") if mark.get(name)}
        rows.append(tower.row(floor, **told, **place, c=list(mark["rgb"])))
    return part(
        "ScatterplotLayer",
        "opened/marks",
        rows,
        origin,
        get_position="[x, y, z]",
        get_fill_color="c",
        get_radius=0.8,
        radius_units=literal("meters"),
        radius_min_pixels=2.5,
        radius_max_pixels=9,
        billboard=True,
        pickable=True,
    )
