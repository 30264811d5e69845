"""What happens when something arrives: batches in, one transaction a round, receipts out."""

from twin.engine.counters import Counters
from twin.engine.engine import Engine, EngineBusy, NotCommitted

__all__ = ["Counters", "Engine", "EngineBusy", "NotCommitted"]
