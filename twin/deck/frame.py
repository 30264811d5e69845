"""A live layer's rows as TWF1: one header and typed columns a browser reads without parsing.

`TWF1` · header length (uint32, little-endian) · header (JSON, padded to 4 bytes) · columns, each on 4 bytes.
Words that rarely change travel apart, as the roster; both hold the rows in the order of their key.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from twin.catalog import drill_columns, shown_columns
from twin.deck.colour import palette_of, state_index
from twin.deck.paths import path_blocks
from twin.model.clearance import Clearance
from twin.spec import Layer, Outlines

MAGIC = b"TWF1"
SEEN = "seen_at"
Block = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A layer's rows that have a place, in the order of their key, with the columns that may leave."""

    layer: Layer
    rows: pa.Table
    columns: frozenset[str]

    @classmethod
    def of(cls, layer: Layer, rows: pa.Table, clearance: Clearance) -> "Shown":
        columns = shown_columns(layer, clearance.screen)
        if not columns:
            return cls(layer, rows.slice(0, 0), columns)
        if rows["x_m"].null_count or rows["y_m"].null_count:
            rows = rows.filter(pc.and_(pc.is_valid(rows["x_m"]), pc.is_valid(rows["y_m"])))
        return cls(layer, rows.take(pc.sort_indices(rows[layer.key])), columns)

    def numbers(self) -> tuple[str, ...]:
        """Columns of measured values: they change with every reading, so they ride in the frame."""
        return tuple(c.name for c in self.layer.columns if c.kind == "number" and c.name in self.columns)

    def words(self) -> tuple[str, ...]:
        """Columns of the roster: declared ones and the drill's, without what the frame already carries."""
        style = getattr(self.layer.style, "color", None)
        carried = {*self.numbers(), SEEN, self.layer.key, getattr(style, "column", None)}
        declared = (*(c.name for c in self.layer.columns), *drill_columns(self.layer))
        return tuple(n for n in dict.fromkeys(declared) if n in self.columns and n not in carried)


def encode(layer: Layer, rows: pa.Table, clearance: Clearance, seq: int, at: datetime) -> bytes:
    """The frame of a layer's rows; what the clearance does not show is not in it."""
    shown = Shown.of(layer, rows, clearance)
    palette = palette_of(layer, shown.columns)
    state = state_index(palette, shown.rows)
    blocks: dict[str, Block] = {
        "position": _position(shown.rows),
        "color": palette.rgba[state],
        "seen": _seen(shown),
        "state": state,
        **{f"number:{name}": _number(shown.rows[name]) for name in shown.numbers()},
    }
    if isinstance(layer.style, Outlines):
        blocks |= path_blocks(shown.rows)
    header = {
        "layer": layer.id,
        "seq": seq,
        "at": at.isoformat(),
        "n": shown.rows.num_rows,
        "roster": _hash(shown),
        "states": list(palette.values),
    }
    return _written(header, blocks)


def roster(layer: Layer, rows: pa.Table, clearance: Clearance) -> bytes:
    """JSON {roster, ids, rows: {column: […]}} for the rows of a frame, in the frame's order."""
    shown = Shown.of(layer, rows, clearance)
    listed = {name: _listed(shown.rows[name]) for name in shown.words()}
    body = {"roster": _hash(shown), "ids": _listed(shown.rows[layer.key]), "rows": listed}
    return orjson.dumps(body)


def _written(header: dict[str, Any], blocks: dict[str, Block]) -> bytes:
    offset, columns, body = 0, {}, []
    for name, block in blocks.items():
        data = np.ascontiguousarray(block).tobytes()
        dtype = block.dtype.kind + str(block.dtype.itemsize)
        columns[name] = {"dtype": dtype, "size": 1 if block.ndim == 1 else block.shape[1], "offset": offset}
        if len(block) != header["n"]:
            columns[name]["n"] = len(block)
        padded = data + b"\0" * (-len(data) % 4)
        offset += len(padded)
        body.append(padded)
    text = orjson.dumps({**header, "columns": columns})
    text += b" " * (-len(text) % 4)
    return b"".join((MAGIC, len(text).to_bytes(4, "little"), text, *body))


def _position(rows: pa.Table) -> Block:
    position = np.zeros((rows.num_rows, 3), dtype="<f4")
    for axis, name in enumerate(("x_m", "y_m", "z_m")):
        if name in rows.column_names:
            position[:, axis] = pc.fill_null(rows[name].cast(pa.float64()), 0.0).to_numpy()
    return position


def _seen(shown: Shown) -> Block:
    """Unix seconds, 0 = never, or not shown."""
    if SEEN not in shown.columns or SEEN not in shown.rows.column_names:
        return np.zeros(shown.rows.num_rows, dtype="<u4")
    micros = shown.rows[SEEN].cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    return (pc.fill_null(micros, 0).to_numpy() // 1_000_000).clip(0).astype("<u4")


def _number(column: pa.ChunkedArray) -> Block:
    """float32, NaN where there is no value."""
    return pc.fill_null(column.cast(pa.float64()), float("nan")).to_numpy().astype("<f4")


def _listed(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        column = pc.strftime(column.cast(pa.timestamp("s", "UTC"), safe=False), format="%Y-%m-%dT%H:%M:%SZ")
    return column.to_pylist()


def _hash(shown: Shown) -> str:
    """Tells whether the page's roster still holds: over the key and the words, in the frame's order."""
    digest = hashlib.blake2b(digest_size=8)
    for name in (shown.layer.key, *shown.words()):
        digest.update(name.encode())
        for chunk in shown.rows[name].chunks:
            for buffer in chunk.buffers():
                digest.update(b"-" if buffer is None else memoryview(buffer))
    return digest.hexdigest()
