"""What a row leaves open and its other cells say: storeys from height, a birth date from an ID number."""

from twin.ingest.workbook.book import Cells
from twin.ingest.workbook.case import Case
from twin.ingest.workbook.fields import Sheet
from twin.ingest.workbook.rows import CATEGORY_MARK
from twin.model.id_numbers import DEMO_PREFIX, birth_date, sex
from twin.model.places import storeys_of


def complete(case: Case, sheet: Sheet, row: int, cells: Cells) -> bool:
    """False when the row contradicts itself; that is then in the report."""
    match sheet.key:
        case "buildings":
            return _building(case, sheet, row, cells)
        case "staff" | "volunteers" | "residents":
            return _person(case, sheet, row, cells)
        case "care":
            words = str(cells["categories"] or "").replace("，", "、").replace(",", "、").replace(";", "、")
            parts = dict.fromkeys(part.strip() for part in words.replace("；", "、").split("、"))
            cells["categories"] = CATEGORY_MARK.join(part for part in parts if part) or None
    return True


def _building(case: Case, sheet: Sheet, row: int, cells: Cells) -> bool:
    storeys, height = cells["storeys_above"], cells["height_m"]
    if storeys is None and height is None:
        remedy = "give at least one of them"
        case.reject("required", sheet, row, "storeys_above", "neither storeys nor height is given", remedy)
        return False
    assert storeys is None or isinstance(storeys, int)
    assert height is None or isinstance(height, float)
    if storeys is None or height is None:
        stature = storeys_of(storeys, height)
        cells["storeys_above"], cells["height_m"] = stature.storeys, stature.height_m
        cells["storeys_derived"], cells["height_derived"] = stature.storeys_derived, stature.height_derived
    return True


def _person(case: Case, sheet: Sheet, row: int, cells: Cells) -> bool:
    person_id = case.person_id(sheet.persons, str(cells["no"])) if case.erased or case.real else ""
    if person_id in case.erased:
        reason = "the person of this number was erased for good and may not be brought in again"
        case.reject("erased", sheet, row, "no", reason, "leave the row out; a new person gets a new number")
        return False
    if isinstance(id_no := cells["id_no"], str) and cells["born"] is None:
        cells["born"] = birth_date(id_no)
        words, remedy = "taken from the ID number", "nothing to do"
        case.odd.add("mended", "born", sheet.key, row, "born", words, remedy)
    if case.held.get(sheet.key, {}).get(str(cells["no"])) == cells:
        return True
    if case.demo and person_id in case.real:
        reason = "the twin knows a real person by this number: --demo may not make them an invented one"
        case.reject("real-person", sheet, row, "no", reason, "import without --demo")
        return False
    return _id_no(case, sheet, row, cells)


def _id_no(case: Case, sheet: Sheet, row: int, cells: Cells) -> bool:
    id_no = cells["id_no"]
    if not isinstance(id_no, str):
        return True
    if id_no.startswith(DEMO_PREFIX) and not case.demo:
        reason = "it begins with 99: such numbers are the demo's and nobody's"
        remedy = "correct it; for demo data give --demo"
        case.reject("demo-id-no", sheet, row, "id_no", reason, remedy)
        return False
    if cells["born"] != birth_date(id_no):
        reason = "the birth date in it is not the one beside it"
        case.reject("born", sheet, row, "id_no", reason, "correct the number or the birth date")
        return False
    if cells["sex"] not in (None, sex(id_no)):
        reason = "the ID number says the other sex; kept as written"
        case.note("sex", sheet, row, "sex", reason, "compare with the card")
    return True
