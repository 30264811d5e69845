"""Many courses of events as one, in the order of their times."""

import heapq
import math
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

What = TypeVar("What")
Course = Iterator[tuple[float, What]]


class Agenda(Generic[What]):
    """Each course gives its events in order, without end; only the next one of each is made."""

    def __init__(self, courses: Iterable[Course[What]]) -> None:
        self._courses = list(courses)
        self._heads: list[tuple[float, int, What]] = []
        for number in range(len(self._courses)):
            self._next(number)

    @property
    def next_s(self) -> float:
        return self._heads[0][0] if self._heads else math.inf

    def due(self, until_s: float) -> Iterator[tuple[float, What]]:
        while self._heads and self._heads[0][0] <= until_s:
            yield self.take()

    def take(self) -> tuple[float, What]:
        """The earliest event. Times of different courses may be equal: the earlier course goes first."""
        when, number, what = heapq.heappop(self._heads)
        self._next(number)
        return when, what

    def _next(self, number: int) -> None:
        head = next(self._courses[number], None)
        if head is not None:
            heapq.heappush(self._heads, (head[0], number, head[1]))
