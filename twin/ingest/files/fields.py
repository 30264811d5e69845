"""Which field of a file holds what, and what its values say as numbers and words."""

import difflib
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.ingest.files.options import FIELDS, ImportRefused
from twin.ingest.files.report import Oddities
from twin.ingest.files.source import Source

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

STOREYS_MAX = 200
HEIGHT_MAX_M = 1000.0

_NUMBER = re.compile(r"\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(?:m|米|层|F|层楼|metres?|meters?)?\s*")

# Words of OpenStreetMap and of Chinese cadastres → the uses the model knows.
_USES: Mapping[str, str] = {
    word: use
    for use, words in {
        "residential": "residential apartments house detached terrace semidetached_house dormitory "
        "住宅 居住 宿舍 公寓 居民楼",
        "school": "school university college 学校 教育 中学 小学",
        "kindergarten": "kindergarten 幼儿园",
        "clinic": "clinic hospital doctors 医院 诊所 卫生 医疗",
        "market": "supermarket marketplace market 市场 菜市场 农贸市场",
        "mall": "mall retail commercial 商场 商业",
        "party_centre": "party_centre 党群服务中心",
        "office": "office 办公 写字楼",
        "public": "public civic government townhall library 公共 公共服务 行政 文化",
    }.items()
    for word in words.split()
}


def choose_fields(source: Source, mapping: Mapping[str, str], odd: Oddities) -> dict[str, str]:
    """Key of FIELDS → field of the file: as told, else as the format defines, else by well-known name."""
    chosen: dict[str, str] = {}
    for key, known in FIELDS.items():
        if key in mapping:
            chosen[key] = _told(source.fields, key, mapping[key])
        elif key in source.defaults:
            chosen[key] = source.defaults[key]
        elif (found := _recognised(source.fields, key, known)) is not None:
            chosen[key] = found
            reason, remedy = f"{key} was read from {found}, by its name", f"if wrong: --map {key}=…"
            odd.add("noted", "field", None, found, reason, remedy)
    return chosen


def _told(fields: Sequence[str], key: str, name: str) -> str:
    if name in fields:
        return name
    near = difflib.get_close_matches(name.lower(), [field.lower() for field in fields], n=1)
    meant = next((field for field in fields if near and field.lower() == near[0]), None)
    raise ImportRefused(
        f"--map {key}={name}: the file has no field {name!r}.",
        (f"Did you mean {meant!r}? " if meant else "") + f"Its fields: {', '.join(fields) or 'none'}.",
    )


def _recognised(fields: Sequence[str], key: str, known: Sequence[str]) -> str | None:
    found = [field for field in fields if field.lower() in known]
    if len(found) > 1 and key in ("storeys", "height"):
        raise ImportRefused(
            f"{' and '.join(found)} may both hold the {key}.", f"Say which: --map {key}={found[0]}."
        )
    found.sort(key=lambda field: known.index(field.lower()))
    return found[0] if found else None


def numbers(column: pa.Array) -> tuple[Floats, Flags]:
    """Values as floats, NaN where nothing is said; and which values say something that is no number."""
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False).astype(float)
        return values, np.isinf(values)
    said = column.cast(pa.string()).dictionary_encode()
    words = [_number(word) for word in said.dictionary.to_pylist()]
    table = np.array([value for value, _ in words] + [np.nan])
    wrong = np.array([is_wrong for _, is_wrong in words] + [False])
    index = said.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
    return table[index], wrong[index]


def _number(word: str) -> tuple[float, bool]:
    if not word.strip():
        return np.nan, False
    found = _NUMBER.fullmatch(word)
    return (float(found[1]), False) if found else (np.nan, True)


def texts(column: pa.Array | None, count: int) -> list[str | None]:
    """Values as stripped words; whole numbers without a decimal point; None for nothing."""
    if column is None:
        return [None] * count
    if pa.types.is_floating(column.type):
        return [
            None if v is None or v != v else f"{v:.0f}" if v == int(v) else str(v) for v in column.to_pylist()
        ]
    return [(str(value).strip() or None) if value is not None else None for value in column.to_pylist()]


def use_of(word: str | None) -> str:
    return _USES.get((word or "").lower(), "unknown")


def figures(
    columns: Mapping[str, pa.Array], key: str, rows: NDArray[np.int64], odd: Oddities, name: str
) -> Floats:
    """Storeys or heights that can be true; what cannot is told by row and taken as not known."""
    if key not in columns:
        return np.full(len(rows), np.nan)
    values, wrong = numbers(columns[key])
    if key == "height":
        impossible = (values <= 0) | (values > HEIGHT_MAX_M)
        limits = f"a height is above 0 and at most {HEIGHT_MAX_M:.0f} m"
    else:
        least = 0 if key == "storeys_below" else 1
        impossible = (values < least) | (values > STOREYS_MAX) | (values != np.floor(values))
        limits = f"storeys are whole numbers from {least} to {STOREYS_MAX}"
    bad = wrong | (impossible & ~np.isnan(values))
    for index in np.flatnonzero(bad):
        said = columns[key][int(index)].as_py()
        odd.add(
            "noted",
            f"no-{key}",
            int(rows[index]),
            name,
            f"{said!r} is taken as not known: {limits}",
            "mend it",
        )
    return np.where(bad, np.nan, values)
