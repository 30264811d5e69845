"""How much one feed may send: a bucket that fills at the allowed rate."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic


@dataclass(slots=True)
class Bucket:
    level: float
    at_s: float


class Rate:
    """Buckets by feed. `burst` items may come at once after a pause."""

    def __init__(self, per_s: float, burst: float, clock: Callable[[], float] = monotonic) -> None:
        self._per_s, self._burst, self._clock = per_s, max(burst, 1.0), clock
        self._buckets: dict[str, Bucket] = {}
        self._lock = threading.Lock()

    def take(self, feed: str, items: int) -> float:
        """0 when the items may pass, else the seconds to wait; then nothing was taken."""
        with self._lock:
            now = self._clock()
            bucket = self._buckets.setdefault(feed, Bucket(self._burst, now))
            bucket.level = min(self._burst, bucket.level + (now - bucket.at_s) * self._per_s)
            bucket.at_s = now
            missing = items - bucket.level
            if missing > 0:
                return missing / self._per_s
            bucket.level -= items
            return 0.0
