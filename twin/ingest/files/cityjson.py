"""CityJSON 1.1 and 2.0: the solids of buildings and their parts, as footprint and height."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from twin.ingest.files.options import ImportRefused
from twin.ingest.files.source import CHUNK_ROWS, Chunk, Remark, Source

MAX_BYTES = 1_500_000_000
VERSIONS = ("1.1", "2.0")
SOLID_HEIGHT = "height of its solid"
OBJECT_ID = "CityObject id"
# Blocks first: a footprint and a height is all that is wanted, and roofs of finer models hang over walls.
LODS = ("1", "2", "3", "0")
DEPTH_OF_SURFACES = {
    "MultiSurface": 0,
    "CompositeSurface": 0,
    "Solid": 1,
    "MultiSolid": 2,
    "CompositeSolid": 2,
}
DEFAULTS = {
    "id": OBJECT_ID,
    "height": SOLID_HEIGHT,
    "storeys": "storeysAboveGround",
    "storeys_below": "storeysBelowGround",
}

Vertices = NDArray[np.float64]
Surface = list[list[int]]


@dataclass(frozen=True, slots=True)
class Model:
    """The parts of a CityJSON file that a footprint needs."""

    objects: Mapping[str, Any]
    vertices: Vertices
    grid: float  # the file's own resolution, in its units


def cityjson_source(path: Path) -> Source:
    """Raises ImportRefused for what is not CityJSON 1.1 or 2.0, or holds no building."""
    data = _loaded(path)
    objects = data["CityObjects"]
    roots = [key for key, each in objects.items() if each.get("type") == "Building"]
    if not roots:
        raise ImportRefused(f"{path.name} holds no Building.", "Give a file with buildings in it.")
    model = _model(path.name, data)
    attributes = dict.fromkeys(name for key in roots for name in objects[key].get("attributes") or {})
    merged = sum(len(_parts(objects, key)) for key in roots)

    def chunks(wanted: Sequence[str]) -> Iterator[Chunk]:
        for first in range(0, len(roots), CHUNK_ROWS):
            yield _chunk(model, roots[first : first + CHUNK_ROWS], first + 1, wanted)

    return Source(
        format=f"CityJSON {data['version']}",
        label=_label(data),
        fields=(OBJECT_ID, SOLID_HEIGHT, *attributes),
        total=len(roots),
        chunks=chunks,
        defaults={
            key: field for key, field in DEFAULTS.items() if field in {OBJECT_ID, SOLID_HEIGHT, *attributes}
        },
        remarks=_remarks(merged, len(roots)),
        heights_in_crs_units=True,
    )


def _remarks(merged: int, roots: int) -> tuple[Remark, ...]:
    if not merged:
        return ()
    reason = f"{merged} BuildingParts were merged into their buildings ({roots} in all)"
    return (Remark("parts-merged", "BuildingPart", reason, "none needed"),)


def _loaded(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MAX_BYTES:
        raise ImportRefused(f"{path.name} is larger than 1.5 GB.", "Cut it to the community, e.g. with cjio.")
    try:
        data = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as fault:
        raise ImportRefused(f"{path.name} is not whole JSON: {fault}.", "Export it again.") from fault
    if data.get("type") != "CityJSON":
        raise ImportRefused(
            f"{path.name} is a {data.get('type')}, not a CityJSON.", "Collect its features into one CityJSON."
        )
    if str(data.get("version"))[:3] not in VERSIONS:
        raise ImportRefused(
            f"{path.name} is CityJSON {data.get('version')}; 1.1 and 2.0 are read.", "Upgrade it with cjio."
        )
    missing = [key for key in ("CityObjects", "vertices", "transform") if key not in data]
    if missing:
        raise ImportRefused(f"{path.name} lacks {', '.join(missing)}.", "Export it again.")
    return dict(data)


def _model(name: str, data: dict[str, Any]) -> Model:
    try:
        scale = np.array(data["transform"]["scale"], dtype=float)
        shift = np.array(data["transform"]["translate"], dtype=float)
        vertices = np.array(data["vertices"], dtype=float).reshape(-1, 3) * scale + shift
    except (KeyError, TypeError, ValueError) as fault:
        raise ImportRefused(
            f"{name} has vertices or a transform that are no numbers.", "Export it again."
        ) from fault
    return Model(data["CityObjects"], vertices, float(abs(scale[0])))


def _label(data: dict[str, Any]) -> str | None:
    named = str((data.get("metadata") or {}).get("referenceSystem") or "")
    found = re.search(r"EPSG[:/]+(?:[\w.]*[:/]+)?(\d{4,6})$", named, re.IGNORECASE)
    return f"EPSG:{found[1]}" if found else named or None


def _chunk(model: Model, keys: Sequence[str], first_row: int, wanted: Sequence[str]) -> Chunk:
    made = [_footprint(model, key) for key in keys]
    columns: dict[str, pa.Array] = {}
    for field in wanted:
        if field == OBJECT_ID:
            columns[field] = pa.array(keys, pa.string())
        elif field == SOLID_HEIGHT:
            columns[field] = pa.array([height for _, height in made], pa.float64())
        else:
            columns[field] = pa.array([_attribute(model.objects, key, field) for key in keys], pa.string())
    shapes = np.array([shape for shape, _ in made], dtype=object)
    return Chunk(first_row, shapes, columns, np.zeros(len(keys), dtype=bool))


def _attribute(objects: Mapping[str, Any], key: str, field: str) -> str | None:
    value = (objects[key].get("attributes") or {}).get(field)
    return None if value is None or value == "" else str(value)


def _parts(objects: Mapping[str, Any], key: str) -> list[str]:
    """The BuildingParts below an object, at any depth; a loop in the file ends."""
    found: list[str] = []
    waiting = list(objects[key].get("children") or ())
    while waiting:
        child = waiting.pop()
        if child in objects and child not in found and objects[child].get("type") == "BuildingPart":
            found.append(child)
            waiting += objects[child].get("children") or ()
    return found


def _footprint(model: Model, key: str) -> tuple[Any, float | None]:
    """Union of what the building and its parts cover, and how far they reach up; (None, None) for nothing."""
    faces: list[Any] = []
    heights: list[float] = []
    for member in (key, *_parts(model.objects, key)):
        geometry = _simplest(model.objects[member].get("geometry") or ())
        if geometry is None:
            continue
        try:
            surfaces, ground = _surfaces(geometry)
            faces += [
                face for face in (_face(model, each) for each in ground or surfaces) if face is not None
            ]
            used = np.unique([index for surface in surfaces for ring in surface for index in ring])
            if not str(geometry.get("lod")).startswith("0"):
                heights += model.vertices[used.astype(int), 2].tolist()
        except (IndexError, KeyError, TypeError, ValueError):
            return None, None  # told as a shape that cannot be read, by row
    if not faces:
        return None, None
    whole = shapely.union_all(np.array(faces, dtype=object), grid_size=model.grid)
    height = max(heights) - min(heights) if heights else None
    return shapely.simplify(whole, model.grid), height


def _simplest(geometries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    for lod in LODS:
        for each in geometries:
            if str(each.get("lod")).startswith(lod) and each.get("type") in DEPTH_OF_SURFACES:
                return each
    return None


def _surfaces(geometry: Mapping[str, Any]) -> tuple[list[Surface], list[Surface]]:
    """All surfaces of the outer shells, and those of them that the file calls GroundSurface."""
    depth = DEPTH_OF_SURFACES[geometry["type"]]
    semantics = geometry.get("semantics") or {}
    surfaces = _outer(geometry["boundaries"], depth)
    kinds = [each.get("type") for each in semantics.get("surfaces") or ()]
    values = _outer(semantics["values"], depth) if semantics.get("values") else []
    ground = [
        surface
        for surface, value in zip(surfaces, values, strict=False)
        if value is not None and kinds[value] == "GroundSurface"
    ]
    return surfaces, ground


def _outer(nested: Any, depth: int) -> list[Any]:
    """Solid → its first shell; several solids → the first shells together."""
    if depth == 0:
        return list(nested)
    if depth == 1:
        return list(nested[0])
    return [surface for solid in nested for surface in solid[0]]


def _face(model: Model, surface: Surface) -> Any:
    """A surface seen from above; None for walls."""
    rings = [model.vertices[np.array(ring, dtype=int), :2] for ring in surface if len(ring) >= 3]
    if not rings:
        return None
    face = shapely.Polygon(rings[0], rings[1:])
    if face.area <= model.grid * model.grid:
        return None
    return face if face.is_valid else shapely.make_valid(face)
