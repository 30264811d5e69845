"""What the engine has done since it started, for /metrics."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counters:
    """Sums since the start; `queued_items` is now, `commit_s` the seconds of the last commit."""

    commits: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    failed_batches: int = 0
    restarts: int = 0
    keyframes: int = 0
    queued_items: int = 0
    commit_s: float = 0.0
    commit_s_sum: float = 0.0
