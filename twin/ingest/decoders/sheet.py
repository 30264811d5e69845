"""The sheet a decoder fills while it takes a message apart."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from twin.ingest.decoders.said import raw
from twin.model.readings import HEALTHS, PROPERTIES, Decoded, Health, MeanOver, Note, Quality, Reading, Remark

MOST = 20_000


class Sheet:
    """Of one device at one instant: what is said of its health, battery or test belongs to all of it."""

    def __init__(
        self, scheme: str, external_id: str, happened_at: datetime | None = None, key: str | None = None
    ) -> None:
        self.scheme, self.external_id = scheme, external_id
        self.happened_at, self.key = happened_at, key
        self._readings: list[Reading] = []
        self._notes: list[Note] = []
        self._remarks: list[Remark] = []
        self._healths: set[Health] = set()
        self._battery_pct: float | None = None
        self._is_test = False

    def state(self, name: str, state: str, value: float | None = None) -> None:
        self.read(name, state=state, value=value)

    def read(
        self,
        name: str,
        *,
        state: str | None = None,
        value: float | None = None,
        happened_at: datetime | None = None,
        quality: Quality = "good",
        mean_over: MeanOver | None = None,
        episode: str | None = None,
    ) -> None:
        """`value` is in the property's own unit; state and value of one thing become one reading."""
        it = self._reading(name, state, value, happened_at, quality, mean_over, episode)
        for place, other in enumerate(self._readings):
            if (it.property, it.happened_at, it.mean_over) != (
                other.property,
                other.happened_at,
                other.mean_over,
            ):
                continue
            if state is None and other.value is None and other.state is not None:
                self._readings[place] = replace(other, value=it.value, unit=it.unit, quality=quality)
                return
            if value is None and other.state is None and other.value is not None:
                self._readings[place] = replace(other, state=state, episode=episode)
                return
        self._readings.append(it)

    def _reading(
        self,
        name: str,
        state: str | None,
        value: float | None,
        happened_at: datetime | None,
        quality: Quality,
        mean_over: MeanOver | None,
        episode: str | None,
    ) -> Reading:
        return Reading(
            scheme=self.scheme,
            external_id=self.external_id,
            property=name,
            state=state,
            value=value,
            unit=None if value is None else PROPERTIES[name].unit,
            happened_at=happened_at or self.happened_at,
            key=self.key,
            quality=quality,
            mean_over=mean_over,
            episode=episode,
        )

    @property
    def is_empty(self) -> bool:
        """Whether no property was read yet."""
        return not self._readings

    def health(self, word: Health) -> None:
        self._healths.add(word)

    def battery(self, pct: float | None, said: Any) -> None:
        if pct is None or not 0 <= pct <= 100:
            self.remark("battery", "no percentage", said)
        else:
            self._battery_pct = pct

    def test(self) -> None:
        self._is_test = True

    def note(self, about: str, said: Any) -> None:
        if len(self._notes) < MOST:
            self._notes.append(Note(raw(about), raw(said)))

    def remark(self, field: str, reason: str, said: Any = "") -> None:
        if len(self._remarks) < MOST:
            self._remarks.append(Remark(raw(field), reason, raw(said)))

    def decoded(self) -> Decoded:
        worst = next((word for word in HEALTHS if word in self._healths), None)
        for other in sorted(self._healths - {worst, "ok"}):
            self.note("health", other)
        if not self._readings and (worst is not None or self._battery_pct is not None or self._is_test):
            self.read("health")
        keys = _told_apart(self._readings)
        readings = tuple(
            replace(
                it,
                key=key,
                state=_under_test(it) if self._is_test else it.state,
                health=worst,
                battery_pct=self._battery_pct,
                is_test=self._is_test and (it.state is not None or it.property == "health"),
            )
            for it, key in zip(self._readings, keys, strict=True)
        )
        return Decoded(readings, tuple(self._notes), tuple(self._remarks))


def _under_test(it: Reading) -> str | None:
    return "test" if it.state == "alarm" and "test" in PROPERTIES[it.property].states else it.state


def _told_apart(readings: list[Reading]) -> list[str | None]:
    """The keys; where a message tells of a property twice, as two probes do, the second is …/2."""
    seen: Counter[str | None] = Counter()
    keys: list[str | None] = []
    for it in readings:
        seen[it.feed_key()] += 1
        times = seen[it.feed_key()]
        keys.append(it.key if it.key is None or times == 1 else f"{it.key}/{times}")
    return keys


def joined(parts: list[Decoded]) -> Decoded:
    """Of a message that tells of several devices or instants."""
    return Decoded(
        tuple(it for part in parts for it in part.readings),
        tuple(it for part in parts for it in part.notes),
        tuple(it for part in parts for it in part.remarks),
    )
