"""Which format a file is, by its content; a name that says otherwise is refused."""

from pathlib import Path

from twin.ingest.files.cityjson import cityjson_source
from twin.ingest.files.community import Bounds
from twin.ingest.files.ogr import geojson_source, geopackage_source, shapefile_source, zipped_source
from twin.ingest.files.options import ImportOptions, ImportRefused
from twin.ingest.files.osm import osm_source
from twin.ingest.files.source import Source

HEAD_BYTES = 65_536
READABLE = "GeoJSON (.geojson, .json), GeoPackage (.gpkg), Shapefile (.shp or a .zip of one), "
READABLE += "CityJSON 1.1 or 2.0 (.json) and OpenStreetMap (.pbf)"

SUFFIXES = {
    ".geojson": ("GeoJSON",),
    ".json": ("GeoJSON", "CityJSON"),
    ".gpkg": ("GeoPackage",),
    ".shp": ("Shapefile",),
    ".zip": ("zip",),
    ".pbf": ("OSM PBF",),
}
SIDECARS = (".dbf", ".shx", ".prj", ".cpg")


def open_source(path: Path, options: ImportOptions, bounds: Bounds | None) -> Source:
    """Raises ImportRefused for whatever cannot be opened."""
    head, tail = _ends(path)
    suffix = path.suffix.lower()
    if suffix in SIDECARS:
        raise ImportRefused(f"{path.name} is a part of a Shapefile.", "Give the .shp beside it.")
    if suffix not in SUFFIXES:
        raise ImportRefused(f"Files ending in {suffix or 'nothing'} are not read.", f"Give {READABLE}.")
    found = _format(head, tail)
    if found is None:
        raise ImportRefused(
            f"{path.name} is not {' or '.join(SUFFIXES[suffix])} inside.", f"Give {READABLE}."
        )
    if found not in SUFFIXES[suffix]:
        raise ImportRefused(
            f"{path.name} ends in {suffix} but holds {found}.", "Rename it to what it is, then import again."
        )
    layer = options.mapping.get("layer")
    match found:
        case "GeoPackage":
            return geopackage_source(path, layer)
        case "Shapefile":
            return shapefile_source(path)
        case "zip":
            return zipped_source(path, layer)
        case "OSM PBF":
            return osm_source(path, bounds)
        case "CityJSON":
            return cityjson_source(path)
        case _:
            return geojson_source(path, head, tail)


def _ends(path: Path) -> tuple[bytes, bytes]:
    try:
        if path.is_dir():
            raise ImportRefused(f"{path} is a folder.", "Give the file in it.")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            file.seek(max(0, path.stat().st_size - HEAD_BYTES))
            tail = file.read()
    except FileNotFoundError as fault:
        raise ImportRefused(f"There is no file {path}.", "Check the path.") from fault
    except OSError as fault:
        raise ImportRefused(f"{path} cannot be read: {fault.strerror}.", "Check who may read it.") from fault
    if not head.strip():
        raise ImportRefused(f"{path.name} is empty.", "Export it again from where it came.")
    return head, tail


def _format(head: bytes, tail: bytes) -> str | None:
    magic = {b"SQLite format 3\0": "GeoPackage", b"\x00\x00\x27\x0a": "Shapefile", b"PK\x03\x04": "zip"}
    for start, name in magic.items():
        if head.startswith(start):
            return name
    if b"OSMHeader" in head[:64]:
        return "OSM PBF"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        ends = head + tail
        return "CityJSON" if b'"CityJSON' in ends or b'"CityObjects"' in ends else "GeoJSON"
    return None
