"""Names and numbers as they may be shown without a reason; what does not fit its pattern is hidden whole."""

import re

HIDDEN = "***"

_MOBILE = re.compile(r"1\d{10}")
_LANDLINE = re.compile(r"0\d{9,11}")
_ID_NO = re.compile(r"\d{17}[\dX]")


def masked_name(name: str) -> str:
    """张**: however long the name is, its length is not told."""
    return f"{name[0]}**" if len(name) > 1 else HIDDEN


def masked_phone(phone: str) -> str:
    """138****1234; a landline keeps four and two."""
    if _MOBILE.fullmatch(phone):
        return f"{phone[:3]}****{phone[-4:]}"
    if _LANDLINE.fullmatch(phone):
        return f"{phone[:4]}****{phone[-2:]}"
    return HIDDEN


def masked_id_no(id_no: str) -> str:
    """5***************1X."""
    return f"{id_no[0]}{'*' * 15}{id_no[-2:]}" if _ID_NO.fullmatch(id_no) else HIDDEN
