"""Two clocks that start together: the true one, and the day's, which may run faster or start elsewhere."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

CHENGDU = timezone(timedelta(hours=8))
HOUR_S, DAY_S = 3_600.0, 86_400.0
MINUTE_H = 1 / 60


def hour_of(at: datetime) -> float:
    """The hour in Chengdu, with its fraction."""
    local = at.astimezone(CHENGDU)
    return local.hour + local.minute / 60 + local.second / 3600


def hour_said(words: str) -> float:
    """The hour of HH:MM. Raises ValueError with a sentence."""
    hours, _, minutes = words.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):
        raise ValueError(f"{words!r} is no hour; write it as 11:30")
    return int(hours) + int(minutes) / 60


@dataclass(frozen=True, slots=True)
class DayClock:
    """
    `day_s` counts the day's seconds since the start, `speed` of them in one true second. What happens goes by
    the day's clock; when it happened is told in true time, so that nothing ever lies in the future.
    """

    began_at: datetime
    speed: float = 1.0
    began_hour: float | None = None

    @property
    def began_s(self) -> float:
        """Seconds from the day's midnight to the start."""
        hour = hour_of(self.began_at) if self.began_hour is None else self.began_hour
        return hour * HOUR_S

    def day_s(self, true_s: float) -> float:
        return true_s * self.speed

    def true_s(self, day_s: float) -> float:
        return day_s / self.speed

    def happened_at(self, day_s: float) -> str:
        """True time, with its zone."""
        return (self.began_at + timedelta(seconds=self.true_s(max(0.0, day_s)))).isoformat()

    def hour(self, day_s: float) -> float:
        """0 to 24, in Chengdu, by the day's clock."""
        return (self.began_s + day_s) % DAY_S / HOUR_S

    def day(self, day_s: float) -> int:
        """0 on the day of the start."""
        return int((self.began_s + day_s) // DAY_S)

    def at(self, day: int, hour: float) -> float:
        """The `day_s` of an hour of a day; negative where it was before the start."""
        return day * DAY_S + hour * HOUR_S - self.began_s


def daylight(hour: float) -> float:
    """0 in the night, 1 at the height of the day."""
    return max(0.0, math.sin((hour - 6) / 16 * math.pi)) if 6 <= hour <= 22 else 0.0


def bell(hour: float, centre: float, width: float) -> float:
    """1 at the centre, falling to either side, around midnight too."""
    apart = (hour - centre + 12) % 24 - 12
    return math.exp(-((apart / width) ** 2))
