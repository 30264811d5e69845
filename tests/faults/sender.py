"""Sends numbered readings in batches until it is told to end; writes down a batch when it was acknowledged.

A batch without an answer is sent again until there is one, as a gateway does.
"""

import http.client
import itertools
import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

BATCH = 100
AGAIN_S = 0.05


def main(port: int, told: Path, threads: int) -> None:
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    numbers = itertools.count(0, BATCH)
    descriptor = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    work = [
        threading.Thread(target=send, args=(port, numbers, descriptor, ended), daemon=True)
        for _ in range(threads)
    ]
    for thread in work:
        thread.start()
    ended.wait()
    for thread in work:
        thread.join(10)


def send(port: int, numbers: "itertools.count[int]", descriptor: int, ended: threading.Event) -> None:
    while not ended.is_set():
        first = next(numbers)
        now = datetime.now(UTC).isoformat()
        readings = [
            {"device_id": f"d{n % 10}", "happened_at": now, "state": "normal", "value": n, "key": f"k{n}"}
            for n in range(first, first + BATCH)
        ]
        body = json.dumps(readings).encode()
        while not ended.is_set():
            seq = post(port, body)
            if seq is not None:
                os.write(descriptor, f"{seq} {first} {BATCH}\n".encode())
                break
            ended.wait(AGAIN_S)


lines = threading.local()


def post(port: int, body: bytes) -> int | None:
    """The commit that holds all of it; None when it must be sent again."""
    headers = {"X-API-Key": os.environ["TWIN_API_KEY"], "Content-Type": "application/json"}
    try:
        if getattr(lines, "line", None) is None:
            lines.line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        lines.line.request("POST", "/ingest/observations", body, headers)
        answer = lines.line.getresponse()
        said = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        lines.line = None
        return None
    if answer.status != 200:
        return None
    assert said["accepted"] + said["duplicates"] == BATCH, said
    return int(said["seq"])


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
