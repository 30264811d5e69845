"""Which sheet and which column a name means: Chinese or English, without regard to case and blanks."""

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from twin.ingest.workbook.fields import Field, Sheet
from twin.ingest.workbook.sheets import SHEETS

# The help sheet; its first rows also say of which community and in which coordinates the workbook is.
HELP = "说明"
HELP_NAMES = ("说明", "help", "readme")


def plain(name: str) -> str:
    """`Micro Grid*` and `micro_grid` are one name."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


@cache
def _sheet_names() -> Mapping[str, Sheet]:
    return {plain(name): sheet for sheet in SHEETS.values() for name in (sheet.key, sheet.zh, *sheet.more)}


def sheet_named(name: str) -> Sheet | None:
    return _sheet_names().get(plain(name))


def is_help(name: str) -> bool:
    return plain(name) in HELP_NAMES


@cache
def _field_names(key: str) -> Mapping[str, Field]:
    fields = SHEETS[key].fields
    # `geom_wkb` and the like are the store's words: only what the sheet itself says is taken.
    return {plain(name): field for field in fields for name in (field.key, field.zh)}


def field_named(sheet: Sheet, name: str) -> Field | None:
    return _field_names(sheet.key).get(plain(name))


def nearest(name: str, known: Iterable[str]) -> str:
    """ "; did you mean x?" or nothing."""
    words = {plain(word): word for word in known}
    close = difflib.get_close_matches(plain(name), list(words), n=1, cutoff=0.5)
    return f"; did you mean {words[close[0]]}?" if close else ""


def nearest_sheet(name: str) -> str:
    return nearest(name, (word for sheet in SHEETS.values() for word in (sheet.key, sheet.zh)))


def nearest_field(sheet: Sheet, name: str) -> str:
    return nearest(name, (word for field in sheet.fields for word in (field.key, field.zh)))
