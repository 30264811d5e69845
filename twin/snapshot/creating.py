"""A snapshot from a store: read at one instant, written as parts, packed under the id of its content."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import orjson

import twin
from twin.catalog import Catalog
from twin.deck.tooltip import words
from twin.model.clearance import WALL
from twin.snapshot.html import Look, page
from twin.snapshot.packing import pack, publish, refuse_existing
from twin.snapshot.picture import NotDrawn, picture
from twin.snapshot.reading import Frozen, SnapshotRefused, freeze
from twin.snapshot.scene import scene
from twin.snapshot.tables import comma_separated, parquet, shapes_in_degrees, told_columns
from twin.snapshot.verifying import ENVELOPE, MANIFEST, PICTURE, sha256
from twin.spec import Layer
from twin.store import Store

FORMAT = 1
PAGE = "scene.html"
ID_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Order:
    """What to make and how: `browser` draws the picture (None: none is made), `by` is who asked."""

    out: Path
    look: Look
    build: str
    by: str
    browser: str | None
    picture_px: tuple[int, int]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class SnapshotReport:
    path: Path
    id: str
    as_of: datetime
    seconds: float
    part_bytes: Mapping[str, int]
    picture: str

    @property
    def text(self) -> str:
        size = self.path.stat().st_size / 1e6
        return (
            f"{self.path}\nid     {self.id}\nas of  {self.as_of.isoformat()}\n"
            f"{len(self.part_bytes)} parts, {size:.1f} MB, {self.seconds:.1f} s · png: {self.picture}"
        )


def create(store: Store, catalog: Catalog, order: Order) -> SnapshotReport:
    """Raises SnapshotRefused, and OSError when the folder cannot take it; then nothing is left there."""
    began = monotonic()
    frozen = freeze(store, catalog)
    core = core_of(frozen, order.look, order.build)
    snapshot_id = sha256(core[MANIFEST])
    order.out.mkdir(parents=True, exist_ok=True)
    target = order.out / f"snapshot-{frozen.as_of:%Y%m%dT%H%M%SZ}-{snapshot_id[:ID_DIGITS]}.zip"
    # Known before the slow picture is drawn; asked once more when the file is put there.
    refuse_existing(target)
    png, said = _picture(core[PAGE], order)
    parts = {**core, **png, ENVELOPE: _envelope(snapshot_id, order, said)}
    publish(pack(parts), target)
    sizes = {name: len(content) for name, content in parts.items()}
    drawn = "made" if png else str(said)
    return SnapshotReport(target, snapshot_id, frozen.as_of, monotonic() - began, sizes, drawn)


def core_of(frozen: Frozen, look: Look, build: str) -> dict[str, bytes]:
    """The parts that follow from the state alone, with the manifest that names them first."""
    parts: dict[str, bytes] = {}
    told: list[dict[str, Any]] = []
    for layer in frozen.layers:
        rows = frozen.rows[layer.id]
        shapes = shapes_in_degrees(rows, frozen.frame)
        files = {f"{layer.id}.parquet": parquet(layer, rows, shapes)}
        files[f"{layer.id}.csv"] = comma_separated(layer, rows, shapes)
        told.append(_told(layer, frozen, list(files)))
        parts |= files
    parts[PAGE] = page(scene(frozen, build), frozen.as_of, look)
    return {MANIFEST: _manifest(frozen, build, told, parts), **parts}


def _told(layer: Layer, frozen: Frozen, files: list[str]) -> dict[str, Any]:
    rows = frozen.rows[layer.id]
    titles = {column.name: words(column.title) for column in layer.columns}
    return {
        "id": layer.id,
        "title": words(layer.title),
        "rows": rows.num_rows,
        "columns": [{"name": name, "title": titles.get(name)} for name in told_columns(layer, rows)],
        "provenance": {
            "name": words(layer.provenance.name),
            "licence": layer.provenance.licence,
            "demo": frozen.community["demo"],
        },
        "files": files,
    }


def _manifest(frozen: Frozen, build: str, told: list[dict[str, Any]], parts: Mapping[str, bytes]) -> bytes:
    """Its own hash is the snapshot's id; nothing in it depends on who asked, when, or on which browser."""
    place = frozen.community
    body = {
        "format": FORMAT,
        "as_of": frozen.as_of.isoformat(),
        "version": twin.__version__,
        "build": build,
        "clearance": WALL.key,
        "community": {name: place[name] for name in ("community12", "name", "name_en", "demo")},
        "crs": "OGC:CRS84",
        "counts": {layer["id"]: layer["rows"] for layer in told} | {"all": sum(t["rows"] for t in told)},
        "layers": told,
        "parts": {
            name: {"sha256": sha256(content), "bytes": len(content)} for name, content in parts.items()
        },
        "outside_the_core": {ENVELOPE: "who, when, and whether a picture was made", PICTURE: "the picture"},
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2) + b"\n"


def _picture(html: bytes, order: Order) -> tuple[dict[str, bytes], str | dict[str, Any]]:
    """The picture's part, and what the envelope says of it."""
    width_px, height_px = order.picture_px
    try:
        drawn = picture(html, width_px, height_px, order.browser)
    except NotDrawn as fault:
        return {}, f"not made: {fault}"
    said = {"sha256": sha256(drawn), "bytes": len(drawn), "width_px": width_px, "height_px": height_px}
    return {PICTURE: drawn}, said


def _envelope(snapshot_id: str, order: Order, png: str | dict[str, Any]) -> bytes:
    body = {
        "format": FORMAT,
        "id": snapshot_id,
        "made_at": order.clock().isoformat(),
        "made_by": order.by,
        "made_on": os.uname().sysname,
        "png": png,
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2) + b"\n"


__all__ = ["Order", "SnapshotRefused", "SnapshotReport", "core_of", "create"]
