"""Receipts that the engine writes itself, where a round gave none."""

from collections.abc import Sequence
from dataclasses import replace

from twin.model.signals import Batch, Receipt, Rejection


def refused(batch: Batch, seq: int, fault: Exception) -> Receipt:
    """Of a batch that the store does not take."""
    reason = f"the store does not take this batch: {first_line(fault)}"
    remedy = "send its items one by one to find which it is; the others are taken then"
    count = max(len(batch.items), len(batch.messages))
    return Receipt(seq, 0, 0, tuple(Rejection(i, "item", reason, remedy) for i in range(count)))


def summed(receipts: Sequence[Receipt]) -> Receipt:
    """Of a batch whose messages went in one by one."""
    faults = (replace(it, index=place) for place, one in enumerate(receipts) for it in one.rejections)
    accepted, duplicates = sum(one.accepted for one in receipts), sum(one.duplicates for one in receipts)
    return Receipt(receipts[-1].seq, accepted, duplicates, tuple(faults))


def first_line(fault: Exception) -> str:
    """What ails the store, in short."""
    return f"{type(fault).__name__}: {fault}".splitlines()[0][:200]
