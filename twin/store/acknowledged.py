"""The last commit anybody was told of, written beside the file: a loss can then be named in commits."""

import os
from dataclasses import dataclass
from pathlib import Path

FILE_NAME = "twin.seq"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """`seq`: the last acknowledged commit. `floor`: numbers up to this were used by data since replaced."""

    seq: int
    floor: int


def read(home: Path) -> Acknowledged:
    """What was written last; zeros when there is nothing readable (it is a witness, not the truth)."""
    try:
        seq, floor = (home / FILE_NAME).read_text("ascii").split()
        return Acknowledged(int(seq), int(floor))
    except (OSError, ValueError):
        return Acknowledged(0, 0)


class AcknowledgedFile:
    """Kept open by the writer. Not synced: it outlives a killed process; after a power cut it claims less."""

    def __init__(self, home: Path) -> None:
        self._descriptor = os.open(home / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def write(self, acknowledged: Acknowledged) -> None:
        os.pwrite(self._descriptor, f"{acknowledged.seq:020d} {acknowledged.floor:020d}\n".encode(), 0)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
