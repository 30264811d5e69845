"""What a column and a sheet of the workbook are, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

# lon and lat come in pairs; `crs` says of what kind a row's coordinates are and is never stored.
Kind = Literal[
    "text",
    "int",
    "number",
    "date",
    "bool",
    "choice",
    "ref",
    "lon",
    "lat",
    "geometry",
    "crs",
    "phone",
    "id_no",
]

TEXT_MOST = 200
# A spreadsheet keeps fifteen digits: what is finer than this would come back as another number.
NUMBER_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """`more` are further words that people write for it."""

    key: str
    zh: str
    more: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return (self.key, self.zh, *self.more)


# Fields and sheets are compared and hashed as the things they are: they are looked up for every cell.
@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """`column` is the store's; "identity.x" and "detail.x" lie sealed in the person."""

    key: str
    zh: str
    kind: Kind
    column: str
    help: str = ""
    required: bool = False
    default: object = None
    choices: tuple[Choice, ...] = ()
    is_open: bool = False  # words beyond the choices are kept as they are
    ref: str = ""
    low: float | None = None
    high: float | None = None
    most: int = TEXT_MOST
    # Blank leaves what the store holds; a new row gets the day of the import.
    is_from_day: bool = False
    is_personal: bool = False

    @property
    def is_sealed(self) -> bool:
        return self.column.startswith(("identity.", "detail."))


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Rows are known by the first field; `persons` names the list in which their persons are numbered."""

    key: str
    zh: str
    table: str
    fields: tuple[Field, ...]
    help: str
    more: tuple[str, ...] = ()
    persons: str = ""
    constants: Mapping[str, object] = field(default_factory=dict)
    stored: tuple[Field, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stored", tuple(each for each in self.fields if each.kind != "crs"))

    @property
    def key_field(self) -> Field:
        return self.fields[0]

    @property
    def has_place(self) -> bool:
        return any(each.kind == "crs" for each in self.fields)

    def get(self, key: str) -> Field:
        return next(each for each in self.fields if each.key == key)


def text(key: str, zh: str, help: str = "", *, column: str = "", most: int = TEXT_MOST) -> Field:
    return Field(key, zh, "text", column or key, help, most=most)


def ident(help: str, key: str = "id", zh: str = "编号", *, column: str = "") -> Field:
    """What a row is known by."""
    return Field(key, zh, "text", column or key, help, required=True, most=64)


def whole(key: str, zh: str, help: str, low: int, high: int, *, column: str = "") -> Field:
    return Field(key, zh, "int", column or key, help, low=low, high=high)


def number(key: str, zh: str, help: str, low: float, high: float) -> Field:
    return Field(key, zh, "number", key, help, low=low, high=high)


def choice(key: str, zh: str, choices: tuple[Choice, ...], help: str = "", *, column: str = "") -> Field:
    return Field(key, zh, "choice", column or key, help, choices=choices)


def flag(key: str, zh: str, help: str = "", *, default: bool | None = False) -> Field:
    return Field(key, zh, "bool", key, help, default=default)


def ref(key: str, zh: str, to: str, column: str, help: str = "") -> Field:
    return Field(key, zh, "ref", column, help, ref=to, most=64)


def day(key: str, zh: str, column: str, help: str = "", *, is_from_day: bool = False) -> Field:
    return Field(key, zh, "date", column, help, is_from_day=is_from_day)


def required(field: Field) -> Field:
    return replace(field, required=True)


def personal(field: Field) -> Field:
    return replace(field, is_personal=True)


def choices(words: str) -> tuple[Choice, ...]:
    """From "key=中文=another word" separated by blanks."""
    return tuple(
        Choice(key, zh, tuple(more)) for key, zh, *more in (word.split("=") for word in words.split())
    )


CRS = Field(
    "crs",
    "坐标系",
    "crs",
    "",
    "说明表里没有写坐标系时必填：cgcs2000、wgs84、gcj02（高德、腾讯、微信）或 bd09（百度）",
)
GEOMETRY = Field("geometry", "边界", "geometry", "geom_wkb", "WKT POLYGON，经度在前", most=1_000_000)
LON = Field("lon", "经度", "lon", "x_m", "度", low=-180, high=180)
LAT = Field("lat", "纬度", "lat", "y_m", "度", low=-90, high=90)
VALID_FROM = day("valid_from", "生效日期", "valid_from", "留空不改动；新行取导入当日", is_from_day=True)
