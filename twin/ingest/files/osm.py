"""Buildings of an OpenStreetMap extract: closed ways and multipolygons with building=*."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from twin.ingest.files.community import Bounds
from twin.ingest.files.ogr import stream
from twin.ingest.files.source import Chunk, Remark, Source

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
        where = "building IS NOT NULL AND building <> 'no'"
        for chunk in stream(path.name, str(path), _OWN, layer="multipolygons", where=where, bbox=bounds):
            yield Chunk(chunk.first_row, chunk.shapes, _columns(chunk.columns, wanted), chunk.closed)

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


def tags_of(other_tags: str | None) -> dict[str, str]:
    """GDAL's hstore text, e.g. '"height"=>"18","building:levels"=>"6"'."""
    pairs = _PAIR.findall(other_tags or "")
    return {_ESCAPED.sub(r"\1", key): _ESCAPED.sub(r"\1", value) for key, value in pairs}


def _columns(own: Mapping[str, pa.Array], wanted: Sequence[str]) -> dict[str, pa.Array]:
    tags = [tags_of(text) for text in own["other_tags"].to_pylist()]
    relation, way = own["osm_id"].to_pylist(), own["osm_way_id"].to_pylist()
    made: dict[str, list[str | None]] = {
        "osm_id": [f"way{w}" if w else f"relation{r}" for r, w in zip(relation, way, strict=True)],
        "name": own["name"].to_pylist(),
        "building": own["building"].to_pylist(),
        "addr:full": [_address(each) for each in tags],
    }
    return {
        field: pa.array(made.get(field, [each.get(field) for each in tags]), pa.string()) for field in wanted
    }


def _address(tags: Mapping[str, str]) -> str | None:
    parts = tags.get("addr:street", "") + tags.get("addr:housenumber", "")
    return tags.get("addr:full") or parts or None
