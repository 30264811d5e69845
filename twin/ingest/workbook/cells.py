"""One cell: what stands in the file → what it means, or why it means nothing."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import cache

from twin.ingest.workbook.book import Cell
from twin.ingest.workbook.fields import NUMBER_DECIMALS, Field
from twin.ingest.workbook.names import nearest
from twin.model.coordinates import LON_LAT_CRS
from twin.model.id_numbers import birth_date, check_digit

# Called with what was mended.
Mend = Callable[[str], None]

YES = ("是", "true", "yes", "y", "1", "√", "有")
NO = ("否", "false", "no", "n", "0", "×", "无")
# What a spreadsheet shows where a formula failed.
ERRORS = frozenset(["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"])
EARLIEST = date(1850, 1, 1)
# Beyond this a program that counts in floating point has changed the last digits.
EXACT = 10**15

_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F) if chr(wide - 0xFEE0).isalnum()}
_HAS_WIDE = re.compile("[\uff01-\uff5e]")
_INTEGER = re.compile(r"[+-]?\d+(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_DAY = re.compile(
    r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?(?:[T ][\d:.]+)?"
)
_DAY_TIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_UNSURE = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_MOBILE = re.compile(r"1\d{10}")
_ID_NO = re.compile(r"[0-9]{17}[0-9X]")
_LANDLINE = re.compile(r"0\d{9,11}")


class CellFault(ValueError):
    """`code` groups faults of one kind in the report."""

    def __init__(self, code: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.code, self.reason, self.remedy = code, reason, remedy


def parsed(field: Field, raw: Cell, mend: Mend) -> Cell:
    """None for a cell of blanks only. Raises CellFault. Of personal fields no value is repeated in words."""
    if isinstance(raw, str):
        raw = _tidy(raw, mend, wide=field.kind in ("text", "ref", "choice"))
        if raw in ERRORS:
            raise CellFault("formula", f"it holds the error {raw}", "mend the formula, or paste its value")
        if not raw:
            return None
    return _KINDS[field.kind](field, raw, mend)


def quoted(field: Field, value: Cell) -> str:
    return "the value" if field.is_personal else repr(str(value)[:40])


def _tidy(raw: str, mend: Mend, *, wide: bool) -> str:
    """Without blanks around it, control characters, and full-width letters and digits."""
    text = raw
    if not text.isprintable() or text[:1] == " " or text[-1:] == " ":
        text = "".join(letter if letter.isprintable() or letter.isspace() else "" for letter in text)
        text = " ".join(text.split())
        if text != raw.strip():
            mend("blanks or control characters taken out")
    if not text.isascii() and (not wide or _HAS_WIDE.search(text)):
        narrow = text.translate(_WIDE) if wide else unicodedata.normalize("NFKC", text).strip()
        if narrow != text:
            mend("full-width letters or digits made ordinary")
            text = narrow
    return text


def _text(field: Field, raw: Cell, mend: Mend) -> str:
    match raw:
        case str():
            text = raw
        case bool():
            text = "是" if raw else "否"
        case int():
            text = str(raw)
        case float() if raw.is_integer() and abs(raw) < EXACT:
            text = str(int(raw))
        case datetime() if raw.time() == time():
            text = raw.date().isoformat()
        case _:
            text = str(raw)
    if len(text) > field.most:
        remedy = f"shorten it to {field.most} characters"
        raise CellFault("too-long", f"it has {len(text)} characters, more than {field.most}", remedy)
    return text


def _int(field: Field, raw: Cell, mend: Mend) -> int:
    value: int | None = None
    if isinstance(raw, int) and not isinstance(raw, bool):
        value = raw
    elif isinstance(raw, float) and raw.is_integer():
        value = int(raw)
    elif isinstance(raw, str) and _INTEGER.fullmatch(raw):
        value = int(raw.split(".")[0])
    if value is None:
        raise CellFault("number", f"{quoted(field, raw)} is not a whole number", "write digits only")
    _must_lie_within(field, value)
    return value


def _number(field: Field, raw: Cell, mend: Mend) -> float:
    return round(_float(field, raw), NUMBER_DECIMALS) + 0.0  # -0.0 and 0.0 are one number


def _float(field: Field, raw: Cell) -> float:
    value: float | None = None
    if (isinstance(raw, int | float) and not isinstance(raw, bool)) or (
        isinstance(raw, str) and _NUMBER.fullmatch(raw)
    ):
        value = float(raw)
    if value is None or not math.isfinite(value):
        remedy = "write digits and a point, without unit or thousands separator"
        raise CellFault("number", f"{quoted(field, raw)} is not a number", remedy)
    _must_lie_within(field, value)
    return value


def _must_lie_within(field: Field, value: float) -> None:
    if field.low is not None and field.high is not None and not field.low <= value <= field.high:
        remedy = f"it must lie between {field.low:g} and {field.high:g}"
        if field.kind == "lat" and 70 <= value <= 140:
            remedy = "longitude and latitude seem to be exchanged"
        raise CellFault("range", f"{value:g} cannot be", remedy)


def _bool(field: Field, raw: Cell, mend: Mend) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw).casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise CellFault("choice", f"{quoted(field, raw)} is neither 是 nor 否", "write 是 or 否")


@cache
def _words(field: Field) -> Mapping[str, str]:
    return {word.casefold(): choice.key for choice in field.choices for word in choice.words}


def _choice(field: Field, raw: Cell, mend: Mend) -> str:
    word = _text(field, raw, mend)
    found = _words(field).get(word.casefold())
    if found is None and field.key == "hukou_match":
        found = _words(field).get(word.zfill(2))
    if found is not None:
        return found
    if field.is_open:
        return word
    known = "、".join(choice.zh for choice in field.choices)
    close = nearest(word, (choice.zh for choice in field.choices))
    raise CellFault("choice", f"{quoted(field, raw)} is not known{close}", f"one of: {known}")


def _date(field: Field, raw: Cell, mend: Mend) -> date:
    day = _day(field, raw)
    latest = datetime.now(UTC).date().replace(year=datetime.now(UTC).year + 50, day=1)
    if not EARLIEST <= day <= latest:
        raise CellFault("date", f"{quoted(field, day)} cannot be the day", "check the year")
    return day


def _day(field: Field, raw: Cell) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)
    match = _DAY.fullmatch(text) or _DAY_TIGHT.fullmatch(text)
    if match:
        try:
            year, month, day = (int(part) for part in match.groups() if part)
            return date(year, month, day)
        except ValueError as fault:
            raise CellFault(
                "date", f"{quoted(field, raw)} is no day of the calendar", "check the month and the day"
            ) from fault
    if _DAY_UNSURE.fullmatch(text):
        reason = f"{quoted(field, raw)} may be read in more than one way"
    elif text.replace(".", "").isdigit():
        reason = f"{quoted(field, raw)} is a number, not a day"
    else:
        reason = f"{quoted(field, raw)} is not a day"
    raise CellFault("date", reason, "write year-month-day like 2026-03-09, or format the cell as a date")


def _degrees(field: Field, raw: Cell, mend: Mend) -> float:
    return _float(field, raw)


def _crs(field: Field, raw: Cell, mend: Mend) -> str:
    return crs_of(str(raw))


def crs_of(word: str) -> str:
    """Raises CellFault."""
    known = word.strip().casefold().replace("-", "").replace("_", "").replace(" ", "")
    known = {"epsg:4490": "cgcs2000", "epsg:4326": "wgs84", "2000": "cgcs2000", "amap": "gcj02"}.get(
        known, known
    )
    if known not in LON_LAT_CRS:
        raise CellFault("crs", f"{word[:40]!r} is not known", f"one of: {', '.join(LON_LAT_CRS)}")
    return known


def _phone(field: Field, raw: Cell, mend: Mend) -> str:
    text = _text(field, raw, mend)
    digits = re.sub(r"[\s\-－—()（）]", "", text)
    digits = re.sub(r"^(?:\+|00)86", "", digits)
    if not (_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits)):
        remedy = "11 digits that begin with 1, or a landline with its area code; blank if unknown"
        raise CellFault("phone", "it is not a telephone number", remedy)
    if digits != text:
        mend("the telephone number written as digits only")
    return digits


def _id_no(field: Field, raw: Cell, mend: Mend) -> str:
    if isinstance(raw, int | float):
        remedy = "format the column as text and enter the number again"
        raise CellFault("id-no", "it stands as a number: its last digits are lost", remedy)
    text = str(raw).replace(" ", "").upper()
    remedy = "compare with the card; blank if unknown"
    if len(text) == 15 and text.isdigit():
        raise CellFault("id-no", "it is a number of the first generation, 15 digits", "write the 18 digits")
    if not _ID_NO.fullmatch(text):
        raise CellFault("id-no", "it is not 17 digits and a check digit", remedy)
    if check_digit(text[:17]) != text[17]:
        raise CellFault("id-no", "its check digit is wrong", remedy)
    if birth_date(text) is None:
        raise CellFault("id-no", "the birth date in it is no day of the calendar", remedy)
    return text


_KINDS: Mapping[str, Callable[[Field, Cell, Mend], Cell]] = {
    "text": _text,
    "int": _int,
    "number": _number,
    "date": _date,
    "bool": _bool,
    "choice": _choice,
    "ref": _text,
    "lon": _degrees,
    "lat": _degrees,
    "geometry": _text,
    "crs": _crs,
    "phone": _phone,
    "id_no": _id_no,
}
