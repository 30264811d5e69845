"""Buildings of an OpenStreetMap extract: closed ways and multipolygons with building=*."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
from numpy.typing import NDArray

from twin.ingest.files.community import Bounds
from twin.ingest.files.ogr import told_plainly
from twin.ingest.files.source import CHUNK_ROWS, Chunk, Remark, Source, shapes_of

DEFAULTS = {
    "id": "osm_id",
    "storeys": "building:levels",
    "storeys_below": "building:levels:underground",
    "height": "height",
    "name": "name",
    "address": "addr:full",
    "use": "building",
}
FIELDS = (*DEFAULTS.values(), "addr:street", "addr:housenumber")

# Fields of GDAL's multipolygons layer; every other tag is inside other_tags.
_OWN = ("osm_id", "osm_way_id", "name", "building", "other_tags")
_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")


def osm_source(path: Path, bounds: Bounds | None) -> Source:
    """An extract is mostly larger than a community: with bounds only what touches them is read."""
    remarks = []
    if bounds is not None:
        remarks.append(
            Remark(
                "cut", path.name, "only buildings that touch the community's bounds were read", "none needed"
            )
        )

    def chunks(wanted: Sequence[str]) -> Iterator[Chunk]:
        wkb, own = _read(path, bounds)
        for first in range(0, len(wkb), CHUNK_ROWS):
            part = slice(first, first + CHUNK_ROWS)
            shapes, closed = shapes_of(wkb[part])
            columns = _columns({name: values[part].tolist() for name, values in own.items()}, wanted)
            yield Chunk(first + 1, shapes, columns, closed)

    return Source(
        format="OSM PBF",
        label="EPSG:4326",
        fields=FIELDS,
        total=None,
        chunks=chunks,
        defaults=DEFAULTS,
        remarks=tuple(remarks),
        is_cut_to_bounds=bounds is not None,
    )


def _read(path: Path, bounds: Bounds | None) -> tuple[NDArray[Any], dict[str, NDArray[Any]]]:
    """All at once, not streamed: GDAL's Arrow stream ends silently where an extract is damaged."""
    where = "building IS NOT NULL AND building <> 'no'"
    with told_plainly(path.name):
        meta, _, wkb, values = pyogrio.raw.read(
            str(path), layer="multipolygons", columns=list(_OWN), where=where, bbox=bounds
        )
    return wkb, dict(zip(meta["fields"], values, strict=True))


def tags_of(other_tags: str | None) -> dict[str, str]:
    """GDAL's hstore text, e.g. '"height"=>"18","building:levels"=>"6"'."""
    pairs = _PAIR.findall(other_tags or "")
    return {_ESCAPED.sub(r"\1", key): _ESCAPED.sub(r"\1", value) for key, value in pairs}


def _columns(own: Mapping[str, list[str | None]], wanted: Sequence[str]) -> dict[str, pa.Array]:
    tags = [tags_of(text) for text in own["other_tags"]]
    relation, way = own["osm_id"], own["osm_way_id"]
    made: dict[str, list[str | None]] = {
        "osm_id": [f"way{w}" if w else f"relation{r}" for r, w in zip(relation, way, strict=True)],
        "name": own["name"],
        "building": own["building"],
        "addr:full": [_address(each) for each in tags],
    }
    return {
        field: pa.array(made.get(field, [each.get(field) for each in tags]), pa.string()) for field in wanted
    }


def _address(tags: Mapping[str, str]) -> str | None:
    parts = tags.get("addr:street", "") + tags.get("addr:housenumber", "")
    return tags.get("addr:full") or parts or None
