"""Where the rows of a file wait until all of it has been read: on disk beside the store."""

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.ingest.files.options import ImportRefused

PREFIX = ".import-"
# The store writes each row to its log and to its file, and keeps room to work.
STORE_NEEDS_TIMES = 3
STORE_NEEDS_BYTES = 16_000_000

SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("source_id", pa.string()),
        ("shape_id", pa.string()),
        ("name", pa.string()),
        ("address", pa.string()),
        ("use", pa.string()),
        ("storeys_above", pa.int32()),
        ("storeys_below", pa.int32()),
        ("height_m", pa.float64()),
        ("storeys_derived", pa.bool_()),
        ("height_derived", pa.bool_()),
        ("geom_wkb", pa.binary()),
        ("x_m", pa.float64()),
        ("y_m", pa.float64()),
        ("min_x_m", pa.float64()),
        ("min_y_m", pa.float64()),
        ("max_x_m", pa.float64()),
        ("max_y_m", pa.float64()),
    ]
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What must be known of all rows at once: about 80 bytes a building."""

    row: NDArray[np.int64]
    box_m: NDArray[np.float64]  # n × 4
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    shape_hash: NDArray[np.uint64]
    source_hash: NDArray[np.uint64]
    has_source: NDArray[np.bool_]
    mended: NDArray[np.bool_]
    storeys_derived: NDArray[np.bool_]
    height_derived: NDArray[np.bool_]


class Staging:
    """A temporary Arrow file in the store's folder; gone when the import ends, however it ends."""

    def __init__(self, home: Path) -> None:
        for old in home.glob(f"{PREFIX}*"):  # left by a death in the middle; one import runs at a time
            shutil.rmtree(old, ignore_errors=True)
        self._home = home
        self._marks: list[Marks] = []

    def __enter__(self) -> "Staging":
        with told_when_full(self._home):
            self._folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._home))
            self._path = self._folder / "rows.arrow"
            self._writer: Any = pa.ipc.new_file(str(self._path), SCHEMA)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, rows: pa.RecordBatch, marks: Marks) -> None:
        with told_when_full(self._home):
            self._writer.write_batch(rows)
        self._marks.append(marks)

    def finish(self) -> Marks:
        """No more rows will come. Raises ImportRefused when the store has no room for them."""
        with told_when_full(self._home):
            self._writer.close()
        needed = STORE_NEEDS_BYTES + STORE_NEEDS_TIMES * self._path.stat().st_size
        free = shutil.disk_usage(self._home).free
        if free < needed:
            raise ImportRefused(
                f"The disk of {self._home} has {free / 1e6:.0f} MB free; the import needs about "
                f"{needed / 1e6:.0f} MB. Nothing was written.",
                "Make room, or move TWIN_HOME to a larger disk.",
            )
        return Marks(
            *(
                np.concatenate([getattr(each, name) for each in self._marks])
                for name in Marks.__dataclass_fields__
            )
        )

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The staged rows in order, mapped from disk."""
        with pa.memory_map(str(self._path)) as file:
            reader = pa.ipc.open_file(file)
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number)

    def shapes(self, index: NDArray[np.int64]) -> NDArray[Any]:
        """WKB of some rows by their position."""
        with pa.memory_map(str(self._path)) as file:
            column = pa.ipc.open_file(file).read_all()["geom_wkb"]
            taken: NDArray[Any] = column.take(pa.array(index)).to_numpy(zero_copy_only=False)
            return taken


@contextmanager
def told_when_full(home: Path) -> Iterator[None]:
    """A full disk as a sentence."""
    try:
        yield
    except OSError as fault:
        if fault.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise ImportRefused(
            f"The disk of {home} is full. Nothing was written.",
            "Make room, or move TWIN_HOME to a larger disk.",
        ) from fault
