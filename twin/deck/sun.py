"""Where the sun stands, so that the scene's light and shadow are the place's own."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Sun:
    """Azimuth clockwise from north; elevation above the horizon, negative at night. No refraction."""

    azimuth_deg: float
    elevation_deg: float


def sun_position(lon: float, lat: float, at: datetime) -> Sun:
    """Low-precision solar coordinates of the Astronomical Almanac: good to 0.02° between 1950 and 2050."""
    days = (at - J2000).total_seconds() / DAY_S
    mean_longitude = math.radians((280.460 + 0.9856474 * days) % 360)
    anomaly = math.radians((357.528 + 0.9856003 * days) % 360)
    longitude = mean_longitude + math.radians(1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    tilt = math.radians(23.439 - 4e-7 * days)
    ascension = math.atan2(math.cos(tilt) * math.sin(longitude), math.cos(longitude))
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    sidereal = math.radians((280.46061837 + 360.98564736629 * days + lon) % 360)
    return _seen_from(math.radians(lat), sidereal - ascension, declination)


def _seen_from(lat: float, hour_angle: float, declination: float) -> Sun:
    up = math.sin(lat) * math.sin(declination) + math.cos(lat) * math.cos(declination) * math.cos(hour_angle)
    east = -math.cos(declination) * math.sin(hour_angle)
    north = math.cos(lat) * math.sin(declination) - math.sin(lat) * math.cos(declination) * math.cos(
        hour_angle
    )
    return Sun(round(math.degrees(math.atan2(east, north)) % 360, 2), round(math.degrees(math.asin(up)), 2))
