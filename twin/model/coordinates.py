"""Where things are: the community's local metres, and the shifted degrees of Chinese maps and phones."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

LonLatCrs = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
LON_LAT_CRS: tuple[LonLatCrs, ...] = get_args(LonLatCrs)

# A float or an array of them: the formulas only need +, *, & and the functions of `maths` (math or numpy).
Number = Any
Pair = tuple[Number, Number]

# GRS80, the ellipsoid of CGCS2000.
_A_M = 6378137.0
_F = 1 / 298.257222101
_N = _F / (2 - _F)
_E = math.sqrt(_F * (2 - _F))
_RECTIFYING_M = _A_M / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
# Krüger's series to n^4: below a micrometre at any distance a community can have.
_ALPHA = (
    _N / 2 - 2 * _N**2 / 3 + 5 * _N**3 / 16 + 41 * _N**4 / 180,
    13 * _N**2 / 48 - 3 * _N**3 / 5 + 557 * _N**4 / 1440,
    61 * _N**3 / 240 - 103 * _N**4 / 140,
    49561 * _N**4 / 161280,
)
_BETA = (
    _N / 2 - 2 * _N**2 / 3 + 37 * _N**3 / 96 - _N**4 / 360,
    _N**2 / 48 + _N**3 / 15 - 437 * _N**4 / 1440,
    17 * _N**3 / 480 - 37 * _N**4 / 840,
    4397 * _N**4 / 161280,
)


@dataclass(frozen=True, slots=True)
class LocalFrame:
    """Metres east and north of an origin: transverse Mercator on GRS80 through it, scale 1."""

    lon0: float
    lat0: float

    @property
    def is_set(self) -> bool:
        """False while a community still waits for its first file to give it an origin (NaN)."""
        return math.isfinite(self.lon0) and math.isfinite(self.lat0)

    def to_local(self, lon: float, lat: float) -> tuple[float, float]:
        """Degrees → (x_m, y_m). Raises ValueError while the frame has no origin."""
        self._must_be_set()
        east, north = _project(math.radians(lon - self.lon0), math.radians(lat))
        return _RECTIFYING_M * east, _RECTIFYING_M * (north - _origin_north(self.lat0))

    def to_lonlat(self, x_m: float, y_m: float) -> tuple[float, float]:
        """(x_m, y_m) → degrees. Raises ValueError while the frame has no origin."""
        self._must_be_set()
        dlon, lat = _unproject(x_m / _RECTIFYING_M, y_m / _RECTIFYING_M + _origin_north(self.lat0))
        return self.lon0 + math.degrees(dlon), math.degrees(lat)

    def _must_be_set(self) -> None:
        if not self.is_set:
            raise ValueError("the community has no origin yet: import its buildings first")


@lru_cache(maxsize=64)
def _origin_north(lat0: float) -> float:
    return _project(0.0, math.radians(lat0))[1]


def _project(dlon: float, lat: float) -> tuple[float, float]:
    sine = math.sin(lat)
    t = math.sinh(math.atanh(sine) - _E * math.atanh(_E * sine))
    north = math.atan2(t, math.cos(dlon))
    east = math.asinh(math.sin(dlon) / math.hypot(t, math.cos(dlon)))
    terms = [(2 * j * north, 2 * j * east, a) for j, a in enumerate(_ALPHA, start=1)]
    return (
        east + sum(a * math.cos(u) * math.sinh(v) for u, v, a in terms),
        north + sum(a * math.sin(u) * math.cosh(v) for u, v, a in terms),
    )


def _unproject(east: float, north: float) -> tuple[float, float]:
    terms = [(2 * j * north, 2 * j * east, b) for j, b in enumerate(_BETA, start=1)]
    u = north - sum(b * math.sin(p) * math.cosh(q) for p, q, b in terms)
    v = east - sum(b * math.cos(p) * math.sinh(q) for p, q, b in terms)
    conformal = math.asin(math.sin(u) / math.cosh(v))
    lat = conformal
    for _ in range(6):  # each step gains a factor e² ≈ 0.0067
        lat = math.asin(math.tanh(math.atanh(math.sin(conformal)) + _E * math.atanh(_E * math.sin(lat))))
    return math.atan2(math.sinh(v), math.cos(u)), lat


_GCJ_A_M = 6378245.0
_GCJ_EE = 0.00669342162296594323
_BD_X_PI = math.pi * 3000 / 180


def wgs84_to_gcj02(lon: Number, lat: Number, maths: Any = math) -> Pair:
    """The shift of Chinese maps and phones; outside the legal box nothing is shifted."""
    x, y = lon - 105.0, lat - 35.0
    sin, root, pi = maths.sin, maths.sqrt, math.pi
    root_x = root(maths.fabs(x))
    wave = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root_x + wave
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root_x + wave
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    phi = lat * (pi / 180)
    magic = 1 - _GCJ_EE * sin(phi) ** 2
    dlon = east * 180 / (_GCJ_A_M / root(magic) * maths.cos(phi) * pi)
    dlat = north * 180 / (_GCJ_A_M * (1 - _GCJ_EE) / (magic * root(magic)) * pi)
    shifted = (lon > 73.66) & (lon < 135.05) & (lat > 3.86) & (lat < 53.55)
    return lon + shifted * dlon, lat + shifted * dlat


def gcj02_to_bd09(lon: Number, lat: Number, maths: Any = math) -> Pair:
    radius = maths.sqrt(lon * lon + lat * lat) + 0.00002 * maths.sin(lat * _BD_X_PI)
    angle = maths.atan2(lat, lon) + 0.000003 * maths.cos(lon * _BD_X_PI)
    return radius * maths.cos(angle) + 0.0065, radius * maths.sin(angle) + 0.006


def gcj02_to_wgs84(lon: Number, lat: Number, maths: Any = math) -> Pair:
    return _undo(wgs84_to_gcj02, lon, lat, maths)


def bd09_to_gcj02(lon: Number, lat: Number, maths: Any = math) -> Pair:
    return _undo(gcj02_to_bd09, lon, lat, maths)


def _undo(shift: Any, lon: Number, lat: Number, maths: Any) -> Pair:
    """The one-step inverse errs by half a metre; five fixed-point steps by less than a micrometre."""
    x, y = lon, lat
    for _ in range(5):
        shifted_x, shifted_y = shift(x, y, maths)
        x, y = x + (lon - shifted_x), y + (lat - shifted_y)
    return x, y


def to_wgs84(crs: LonLatCrs, lon: Number, lat: Number, maths: Any = math) -> Pair:
    """Degrees of a tagged coordinate → WGS84, which CGCS2000 equals below a metre (EPSG:4490 → 4326)."""
    match crs:
        case "wgs84" | "cgcs2000":
            return lon, lat
        case "gcj02":
            return gcj02_to_wgs84(lon, lat, maths)
        case "bd09":
            return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat, maths), maths)


def from_wgs84(crs: LonLatCrs, lon: Number, lat: Number, maths: Any = math) -> Pair:
    """WGS84 degrees → what that kind of map would say."""
    match crs:
        case "wgs84" | "cgcs2000":
            return lon, lat
        case "gcj02":
            return wgs84_to_gcj02(lon, lat, maths)
        case "bd09":
            return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat, maths), maths)
