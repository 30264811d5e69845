"""A twin that listens until it is killed: the other process of the tests that kill."""

import sys
import threading
from pathlib import Path

from tests.ingest_mqtt.broker import listening

if __name__ == "__main__":
    twin = listening(Path(sys.argv[1]), int(sys.argv[2]))
    twin.store.subscribe(lambda _: print("acked", twin.door.counters.acknowledged, flush=True))
    threading.Event().wait()
