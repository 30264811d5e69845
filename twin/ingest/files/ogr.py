"""GeoJSON, GeoPackage and Shapefile, streamed through GDAL as Arrow."""

import re
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from twin.ingest.files.encoding import dbf_encoding, utf8_copy
from twin.ingest.files.options import ImportRefused
from twin.ingest.files.source import CHUNK_ROWS, Chunk, Remark, Source, shapes_of

UNPACKED_MAX_BYTES = 8_000_000_000


@contextmanager
def told_plainly(name: str) -> Iterator[None]:
    """GDAL's and Arrow's faults as one sentence."""
    try:
        yield
    except (RuntimeError, ValueError, pa.ArrowException, shapely.errors.ShapelyError) as fault:
        said = str(fault).splitlines()[0].split("; It might help")[0].rstrip(".")
        raise ImportRefused(
            f"{name} cannot be read: {said}.", "Open it in the program it came from and export it again."
        ) from fault


def geojson_source(path: Path, head: bytes, tail: bytes) -> Source:
    remarks = []
    with told_plainly(path.name):
        copy = utf8_copy(path)
    if copy is not None:
        remarks.append(
            Remark("encoding", path.name, "it is GBK, not UTF-8, and was read as GBK", "save it as UTF-8")
        )
    readable = path if copy is None else Path(copy.name)
    with told_plainly(path.name):
        info = pyogrio.read_info(readable)
    label = info["crs"]
    if b'"crs"' not in head + tail:
        remarks.append(
            Remark("crs", path.name, "it names no CRS; GeoJSON is WGS84 by its standard", "or say --crs")
        )
    elif re.search(rb'"crs"\s*:\s*(null|\{\s*\})', head + tail):
        label = None  # GDAL says WGS84 here, but this is how the older standard says "unknown"
    return _source("GeoJSON", path.name, str(readable), info, label=label, remarks=remarks, keep=copy)


def geopackage_source(path: Path, layer: str | None) -> Source:
    with told_plainly(path.name):
        layers = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    chosen = _choose_layer(path.name, layers, layer)
    with told_plainly(path.name):
        info = pyogrio.read_info(path, layer=chosen)
    return _source("GeoPackage", path.name, str(path), info, label=info["crs"], layer=chosen)


def _choose_layer(name: str, layers: Sequence[tuple[str, Any]], told: str | None) -> str:
    shapes = [layer for layer, kind in layers if kind is not None]
    if told is not None and told not in shapes:
        raise ImportRefused(f"{name} has no layer {told!r}.", f"It has: {', '.join(shapes) or 'none'}.")
    polygons = [layer for layer, kind in layers if kind is not None and "Polygon" in str(kind)] or shapes
    if told is None and len(polygons) != 1:
        raise ImportRefused(
            f"{name} has {len(polygons)} layers that may hold buildings.",
            f"Say which: --map layer=NAME, one of {', '.join(polygons) or '(it has none)'}.",
        )
    return told or polygons[0]


def shapefile_source(path: Path) -> Source:
    dbf = _beside(path, ".dbf")
    for suffix in (".shx", ".dbf"):
        if _beside(path, suffix) is None:
            raise ImportRefused(
                f"{path.name} lacks its {suffix} part.", f"Put {path.stem}{suffix} beside it, or give a .zip."
            )
    cpg = _beside(path, ".cpg")
    assert dbf is not None
    with dbf.open("rb") as file:
        encoding, remark = dbf_encoding(dbf.name, file, cpg.read_bytes() if cpg else None)
    return _shapefile(path.name, str(path), encoding, remark)


def _beside(path: Path, suffix: str) -> Path | None:
    for each in (suffix, suffix.upper()):
        if path.with_suffix(each).is_file():
            return path.with_suffix(each)
    return None


def _shapefile(name: str, address: str, encoding: str, remark: Remark | None) -> Source:
    with told_plainly(name):
        info = pyogrio.read_info(address, encoding=encoding)
    remarks = [remark] if remark else []
    return _source("Shapefile", name, address, info, label=info["crs"], encoding=encoding, remarks=remarks)


def zipped_source(path: Path, layer: str | None) -> Source:
    """The one Shapefile in a zip, wherever in it; nothing is unpacked to disk."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = {info.filename: info for info in archive.infolist() if not info.is_dir()}
            found = [name for name in inside if name.lower().endswith(".shp") and "__MACOSX" not in name]
            if layer is not None:
                found = [name for name in found if Path(name).stem == layer]
            if len(found) != 1:
                names = ", ".join(Path(name).stem for name in found) or "none"
                raise ImportRefused(
                    f"{path.name} holds {len(found)} Shapefiles ({names}); one is wanted.",
                    "Say which: --map layer=NAME." if found else "Zip .shp, .shx, .dbf and .prj together.",
                )
            if sum(info.file_size for info in inside.values()) > UNPACKED_MAX_BYTES:
                raise ImportRefused(f"{path.name} is too large unpacked.", "Unpack it and give the .shp.")
            stem = found[0][:-4]
            parts = {name[len(stem) :].lower(): name for name in inside if name.startswith(stem + ".")}
            if ".dbf" not in parts or ".shx" not in parts:
                raise ImportRefused(f"{found[0]} lacks its .dbf or .shx.", "Zip all parts together.")
            cpg = archive.read(parts[".cpg"]) if ".cpg" in parts else None
            with archive.open(parts[".dbf"]) as file:
                encoding, remark = dbf_encoding(parts[".dbf"], file, cpg)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as fault:
        raise ImportRefused(
            f"{path.name} cannot be unpacked: {fault}.", "Unpack it and give the .shp."
        ) from fault
    return _shapefile(path.name, f"/vsizip/{{{path.resolve()}}}/{found[0]}", encoding, remark)


def _source(
    format_name: str,
    name: str,
    address: str,
    info: dict[str, Any],
    *,
    label: str | None,
    layer: str | None = None,
    encoding: str | None = None,
    remarks: Sequence[Remark] = (),
    keep: "tempfile._TemporaryFileWrapper[bytes] | None" = None,
) -> Source:
    def chunks(wanted: Sequence[str]) -> Iterator[Chunk]:
        _ = keep  # the re-encoded copy lives as long as this reader
        return stream(name, address, wanted, layer=layer, encoding=encoding)

    features = int(info["features"])
    return Source(
        format=format_name,
        label=label,
        fields=tuple(str(each) for each in info["fields"]),
        total=features if features >= 0 else None,
        chunks=chunks,
        remarks=tuple(remarks),
    )


def stream(name: str, address: str, wanted: Sequence[str], **how: Any) -> Iterator[Chunk]:
    """Chunks of at most CHUNK_ROWS features with the wanted fields. Raises ImportRefused midway too."""
    row = 1
    with (
        told_plainly(name),
        pyogrio.open_arrow(address, columns=list(wanted), batch_size=CHUNK_ROWS, use_pyarrow=True, **how) as (
            meta,
            reader,
        ),
    ):
        geometry = meta["geometry_name"] or "wkb_geometry"
        while (heard := _next(reader)) is not None:
            batch, said = heard
            shapes, closed = shapes_of(_wkb(batch, geometry))
            yield Chunk(row, shapes, {field: batch[field] for field in wanted}, closed, said)
            row += batch.num_rows


def _next(reader: Any) -> tuple[pa.RecordBatch, tuple[str, ...]] | None:
    """The next batch and GDAL's warnings about it, which name no row."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return None
    return batch, tuple(dict.fromkeys(str(each.message).split(". ")[0] for each in heard))


def _wkb(batch: pa.RecordBatch, geometry: str) -> Any:
    if geometry not in batch.schema.names:
        return np.full(batch.num_rows, None, dtype=object)
    return batch[geometry].to_numpy(zero_copy_only=False)
