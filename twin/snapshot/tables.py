"""A layer's rows as files for other programs: GeoParquet and CSV, with the columns the wall may see."""

import csv
import io
from collections.abc import Callable
from typing import Any

import geopandas
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyproj
import shapely

from twin.catalog import shown_columns
from twin.model.clearance import WALL
from twin.model.coordinates import LocalFrame
from twin.spec import Layer

Shapes = npt.NDArray[np.object_]
CRS = "OGC:CRS84"
# 1e-8 of a degree is a millimetre: finer digits would only tell the machine's rounding.
DEGREE_DIGITS = 8
# What a spreadsheet may take for a formula, its full-width forms included.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def told_columns(layer: Layer, rows: pa.Table) -> list[str]:
    """The key and what the layer shows on the wall, in the order it asks for them."""
    shown = shown_columns(layer, WALL.screen)
    return [name for name in rows.column_names if name == layer.key or name in shown]


def shapes_in_degrees(rows: pa.Table, frame: LocalFrame) -> Shapes:
    """Every row's shape in longitude and latitude; None where it has no place."""
    project = _to_degrees(frame)
    if "geom_wkb" in rows.column_names:
        local = shapely.from_wkb(np.array(rows["geom_wkb"].to_pylist(), dtype=object))
    else:
        spots = np.column_stack([rows[axis].to_numpy() for axis in ("x_m", "y_m")]).astype(float)
        local = np.full(len(spots), None, dtype=object)
        placed = np.isfinite(spots).all(axis=1)
        local[placed] = shapely.points(spots[placed])
    if not len(local):
        return np.empty(0, dtype=object)
    return np.asarray(shapely.transform(local, project), dtype=object)


def _to_degrees(frame: LocalFrame) -> Callable[[npt.NDArray[Any]], npt.NDArray[Any]]:
    metres = pyproj.Proj(proj="tmerc", lat_0=frame.lat0, lon_0=frame.lon0, k=1, ellps="GRS80")

    def project(xy: npt.NDArray[Any]) -> npt.NDArray[Any]:
        degrees = np.column_stack(metres(xy[:, 0], xy[:, 1], inverse=True))
        return np.asarray(degrees.round(DEGREE_DIGITS), dtype=float)

    return project


def parquet(layer: Layer, rows: pa.Table, shapes: Shapes) -> bytes:
    """GeoParquet 1.1, longitude before latitude."""
    told = rows.select(told_columns(layer, rows)).to_pandas(types_mapper=pd.ArrowDtype)
    table = geopandas.GeoDataFrame(told, geometry=geopandas.GeoSeries(shapes, crs=CRS), crs=CRS)
    file = io.BytesIO()
    table.to_parquet(file, index=False, compression="zstd", schema_version="1.1.0")
    return file.getvalue()


def comma_separated(layer: Layer, rows: pa.Table, shapes: Shapes) -> bytes:
    """UTF-8 with BOM, so that a spreadsheet shows Chinese; no cell can be taken for a formula."""
    names = told_columns(layer, rows)
    spots = shapely.point_on_surface(shapes)
    columns = [_told(rows[name]) for name in names]
    columns += [_degrees(shapely.get_x(spots)), _degrees(shapely.get_y(spots)), _texts(shapes)]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([*(_title(layer, name) for name in names), "lon", "lat", "wkt"])
    writer.writerows([inert(cell) for cell in row] for row in zip(*columns, strict=True))
    return file.getvalue().encode("utf-8-sig")


def inert(cell: object) -> object:
    """Numbers stay numbers; a text that begins like a formula gets an apostrophe before it."""
    if isinstance(cell, str) and cell.lstrip(" \u3000\ufeff").startswith(FORMULA):
        return f"'{cell}"
    return cell


def _title(layer: Layer, name: str) -> str:
    """The column's words in both languages with its unit; what people never see keeps its name."""
    column = next((column for column in layer.columns if column.name == name), None)
    if column is None:
        return name
    unit = f" ({column.unit})" if column.unit else ""
    return f"{column.title.zh} {column.title.en}{unit}"


def _told(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        column = pc.strftime(column.cast(pa.timestamp("s", "UTC"), safe=False), format="%Y-%m-%dT%H:%M:%SZ")
    return list(column.to_pylist())


def _degrees(values: npt.NDArray[Any]) -> list[float | None]:
    return [round(value, DEGREE_DIGITS) if np.isfinite(value) else None for value in values.tolist()]


def _texts(shapes: Shapes) -> list[str | None]:
    return list(shapely.to_wkt(shapes, rounding_precision=DEGREE_DIGITS))
