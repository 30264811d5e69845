"""No room on the disk: reads go on, the failed write is no commit, and writing resumes when there is room."""

import subprocess
import sys
from pathlib import Path

# RLIMIT_FSIZE stands in for a full disk: writing past it fails just the same, and needs no rights.
FILL = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from twin.store import Store

store = Store.open(Path(sys.argv[1]))
heard = []
store.subscribe(heard.append)

def write():
    at = datetime.now(UTC)
    row = {"community12": "c", "state": "normal", "feed": "f", "happened_at": at, "received_at": at}
    store.write(lambda tx: tx.append("observation", [row | {"device_id": f"d{n}"} for n in range(2000)]))

write()
size = (Path(sys.argv[1]) / "twin.duckdb").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
written, error = 1, None
while error is None:
    try:
        write()
        written += 1
    except Exception as failure:
        error = failure
rows = store.read("FROM observation").num_rows
assert rows == 2000 * written == 2000 * store.seq, (rows, written, store.seq)
assert len(heard) == written
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
write()
store.close()
store = Store.open(Path(sys.argv[1]))
assert store.recovery is None
assert store.read("FROM observation").num_rows == 2000 * (written + 1)
print("resumed after", written, type(error).__name__)
"""


def test_a_full_disk_stops_writing_and_nothing_else(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", FILL, str(tmp_path)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("resumed after")
