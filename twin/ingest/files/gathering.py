"""From a file's chunks to rows that can be stored: shape, stature and words of every building."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from twin.ingest.files.community import Community
from twin.ingest.files.fields import figures, texts, use_of
from twin.ingest.files.identity import hashes, short_hash
from twin.ingest.files.options import ImportOptions, Progress
from twin.ingest.files.reference import Reference
from twin.ingest.files.report import Oddities
from twin.ingest.files.shapes import Footprints, identity_of, in_degrees, middle_of, usable
from twin.ingest.files.source import Chunk, Shapes, Source
from twin.ingest.files.staging import SCHEMA, Marks
from twin.model.places import Stature, storeys_of

# A storey of a real building is this high; beyond it the figures are kept and told.
STOREY_M = (2.0, 8.0)


@dataclass(slots=True)
class Job:
    """What one import knows and counts on its way."""

    file_name: str
    options: ImportOptions
    community: Community
    source: Source
    reference: Reference
    fields: Mapping[str, str]
    odd: Oddities
    read: int = 0

    @property
    def provenance(self) -> str:
        return "demo" if self.options.demo else self.file_name


@dataclass(frozen=True, slots=True)
class _Statures:
    """Only the rows whose storeys and height are known; `index` into the chunk's usable footprints."""

    index: NDArray[np.int64]
    all: list[Stature]
    below: NDArray[np.int64]


def gather(job: Job, progress: Progress | None) -> Iterator[tuple[pa.RecordBatch, Marks]]:
    """Read the file once; the community's origin comes from its first chunk when it has none yet."""
    for chunk in job.source.chunks(list(dict.fromkeys(job.fields.values()))):
        for words in chunk.said:
            reason = f"from here on, within {len(chunk.shapes)} rows: {words}"
            job.odd.add("noted", "reader", chunk.first_row, "geometry", reason, "look at the shapes")
        degrees = in_degrees(chunk, job.reference, job.file_name)
        if not job.community.frame.is_set and (middle := middle_of(degrees)) is not None:
            job.community = replace(job.community, frame=middle)
        shapes = usable(chunk, degrees, job.community.frame, "geometry", job.odd)
        yield _kept(job, chunk, shapes)
        job.read += len(chunk.shapes)
        if progress is not None:
            progress(job.read, job.source.total)


def _kept(job: Job, chunk: Chunk, shapes: Footprints) -> tuple[pa.RecordBatch, Marks]:
    columns = {key: chunk.columns[field].take(pa.array(shapes.index)) for key, field in job.fields.items()}
    tall = _statures(job, columns, shapes.rows)
    columns = {key: column.take(pa.array(tall.index)) for key, column in columns.items()}
    metres, degrees = shapes.metres[tall.index], shapes.degrees[tall.index]
    words = {key: texts(columns.get(key), len(tall.index)) for key in ("id", "name", "address", "use")}
    storeys, height_m, storeys_derived, height_derived = (
        zip(*tall.all, strict=True) if tall.all else ((),) * 4
    )
    values: dict[str, Any] = {
        "row": shapes.rows[tall.index],
        "source_id": words["id"],
        "shape_id": [short_hash(raw) for raw in identity_of(degrees)],
        "name": words["name"],
        "address": words["address"],
        "use": [use_of(word) for word in words["use"]],
        "storeys_above": storeys,
        "storeys_below": tall.below,
        "height_m": height_m,
        "storeys_derived": storeys_derived,
        "height_derived": height_derived,
        **_places(metres),
    }
    rows = pa.RecordBatch.from_arrays([pa.array(values[f.name], f.type) for f in SCHEMA], schema=SCHEMA)
    return rows, _marks(values, degrees, shapes.mended[tall.index])


def _places(metres: Shapes) -> dict[str, Any]:
    middle, box = shapely.centroid(metres), shapely.bounds(metres)
    sides = ("min_x_m", "min_y_m", "max_x_m", "max_y_m")
    return {
        "geom_wkb": shapely.to_wkb(metres),
        "x_m": shapely.get_x(middle),
        "y_m": shapely.get_y(middle),
        **{side: box[:, at] for at, side in enumerate(sides)},
    }


def _marks(values: Mapping[str, Any], degrees: Shapes, mended: NDArray[np.bool_]) -> Marks:
    spread = shapely.bounds(degrees)
    return Marks(
        row=values["row"],
        box_m=np.column_stack([values[side] for side in ("min_x_m", "min_y_m", "max_x_m", "max_y_m")]),
        lon=(spread[:, 0] + spread[:, 2]) / 2,
        lat=(spread[:, 1] + spread[:, 3]) / 2,
        shape_hash=np.array([int(each, 16) for each in values["shape_id"]], dtype=np.uint64),
        source_hash=hashes(values["source_id"]),
        has_source=np.array([each is not None for each in values["source_id"]], dtype=bool),
        mended=mended,
        storeys_derived=np.array(values["storeys_derived"], dtype=bool),
        height_derived=np.array(values["height_derived"], dtype=bool),
    )


def _statures(job: Job, columns: Mapping[str, pa.Array], rows: NDArray[np.int64]) -> _Statures:
    """Storeys from height and height from storeys; a row with neither is rejected, never guessed."""
    storeys = figures(columns, "storeys", rows, job.odd, job.fields.get("storeys", ""))
    below = figures(columns, "storeys_below", rows, job.odd, job.fields.get("storeys_below", ""))
    height_m = figures(columns, "height", rows, job.odd, job.fields.get("height", ""))
    if job.source.heights_in_crs_units:
        height_m = height_m * job.reference.metres_per_height_unit
    unknown = np.isnan(storeys) & np.isnan(height_m)
    if job.options.default_storeys is not None:
        _tell_default(job, rows[unknown])
        storeys[unknown] = job.options.default_storeys
        unknown[:] = False
    for row in rows[unknown]:
        name = "/".join(job.fields[key] for key in ("storeys", "height") if key in job.fields)
        remedy = "fill in one of them, or say --default-storeys N"
        job.odd.add("rejected", "no-storeys", int(row), name, "neither storeys nor height is known", remedy)
    _tell_odd_heights(job, rows, storeys, height_m)
    index = np.flatnonzero(~unknown)
    each_m = job.options.storey_height_m
    known = [
        storeys_of(None if s != s else int(s), None if h != h else float(h), each_m)
        for s, h in zip(storeys[index].tolist(), height_m[index].tolist(), strict=True)
    ]
    return _Statures(index, known, np.nan_to_num(below[index]).astype(np.int64))


def _tell_default(job: Job, rows: NDArray[np.int64]) -> None:
    for row in rows:
        reason = f"not known: {job.options.default_storeys} as told by --default-storeys"
        job.odd.add("noted", "default-storeys", int(row), "storeys", reason, "fill in the real number")


def _tell_odd_heights(
    job: Job, rows: NDArray[np.int64], storeys: NDArray[np.float64], height_m: NDArray[np.float64]
) -> None:
    each_m = height_m / storeys
    for at in np.flatnonzero((each_m < STOREY_M[0]) | (each_m > STOREY_M[1])):
        reason = f"{height_m[at]:g} m for {storeys[at]:.0f} storeys is {each_m[at]:.1f} m each; kept as it is"
        job.odd.add("noted", "odd-height", int(rows[at]), job.fields["height"], reason, "check both")
