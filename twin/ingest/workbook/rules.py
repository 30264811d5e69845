"""What the rows of a sheet must be to one another and to the sheets they refer to."""

from collections.abc import Callable, Iterator, Mapping

from twin.ingest.workbook.book import Cells
from twin.ingest.workbook.case import Case, Lines
from twin.ingest.workbook.fields import Field, Sheet
from twin.ingest.workbook.names import nearest
from twin.ingest.workbook.persons import care, people, residents
from twin.ingest.workbook.sheets import SHEETS

# Field, code, reason, remedy.
Flaw = tuple[str, str, str, str]


def hold(case: Case, sheet: Sheet, lines: Lines) -> None:
    """Reject what breaks a rule."""
    for field in (each for each in sheet.fields if each.ref and each.ref != sheet.key):
        _refer(case, sheet, lines, field)
    if rule := _SINGLE.get(sheet.key):
        for key in list(lines):
            for flaw in rule(case, lines[key].cells):
                field_key, code, reason, remedy = flaw
                case.drop(lines, key, code, sheet, field_key, reason, remedy)
                break
    if whole := _WHOLE.get(sheet.key):
        whole(case, sheet, lines)


def _refer(case: Case, sheet: Sheet, lines: Lines, field: Field) -> None:
    known, target = case.known.get(field.ref, {}), SHEETS[field.ref]
    unknown = [
        key
        for key, line in lines.items()
        if (value := line.cells.get(field.key)) is not None and value not in known
    ]
    if not unknown:
        return
    if not known and target.key not in case.given:
        reason = f"{len(unknown)} rows refer to {target.zh}, of which neither the file nor the twin has any"
        case.note(
            "sheet-missing", sheet, None, field.key, reason, f"add the sheet {target.zh} ({target.key})"
        )
    for key in unknown:
        value = str(lines[key].cells[field.key])
        words = "it" if field.is_personal else repr(value[:40])
        reason = f"{words} is no {target.zh} of the file or the twin"
        if case.rejected.get(target.key):
            reason += ", or its row was rejected"
        elif not field.is_personal and len(unknown) <= 50:
            reason += nearest(value, known)
        case.drop(
            lines, key, "unknown-ref", sheet, field.key, reason, f"correct it, or add it to {target.zh}"
        )


def _entrance(case: Case, cells: Cells) -> Iterator[Flaw]:
    grid = case.known["grids"].get(str(cells["micro_grid"]))
    if grid is not None and grid["tier"] != 3:
        reason = "that grid is not a micro grid"
        yield "micro_grid", "tier", reason, "name the grid of tier 3 that the door belongs to"


def _on_storey(case: Case, cells: Cells) -> Iterator[Flaw]:
    building, storey = case.known["buildings"].get(str(cells["building"])), cells["storey"]
    if building is None or storey is None:
        if storey is not None:
            yield "building", "storey", "a storey is given and no building", "give the building too"
        return
    above, below = building["storeys_above"], building["storeys_below"]
    assert isinstance(storey, int) and isinstance(above, int) and isinstance(below, int)
    if not -below <= storey < above:
        reason = f"the building has the storeys {-below} to {above - 1}"
        yield "storey", "storey", reason, "0 is the ground floor; correct it, or the building's storeys"


def _unit(case: Case, cells: Cells) -> Iterator[Flaw]:
    door = case.known["entrances"][str(cells["entrance"])]
    if door["building"] != cells["building"]:
        reason = f"the entrance belongs to building {door['building']}"
        yield "entrance", "other-building", reason, "correct the building or the entrance"
    yield from _on_storey(case, cells)


def _device(case: Case, cells: Cells) -> Iterator[Flaw]:
    unit = case.known["units"].get(str(cells["unit"]))
    if unit is not None and unit["building"] != cells["building"]:
        reason = f"the unit belongs to building {unit['building']}"
        yield "unit", "other-building", reason, "correct the building or the unit"
    if unit is not None and unit["use"] == "dwelling" and cells["is_public"]:
        reason = "a device in a home is never public: the wall would show it"
        yield "is_public", "public-home", reason, "write 否"
    yield from _on_storey(case, cells)


def _camera(case: Case, cells: Cells) -> Iterator[Flaw]:
    if case.known["devices"][str(cells["id"])]["kind"] != "camera":
        yield "id", "not-a-camera", "that device is not a camera", "give the number of a camera in 设备"


def _restaurant(case: Case, cells: Cells) -> Iterator[Flaw]:
    device = case.known["devices"].get(str(cells["device"]))
    if device is not None and device["kind"] != "fume_monitor":
        yield "device", "not-a-monitor", "that device is no fume monitor", "give the number of one in 设备"
    yield from _on_storey(case, cells)


def _grids(case: Case, sheet: Sheet, lines: Lines) -> None:
    """Parents may lie below in the sheet; a rejected one takes its children with it."""
    while True:
        known = {**case.held.get("grids", {}), **{key: line.cells for key, line in lines.items()}}
        bad = {key: flaw for key, line in lines.items() if (flaw := _parent_flaw(line.cells, known))}
        for key, (code, reason) in bad.items():
            remedy = "a grid of tier 3 lies in one of tier 2, that in the one of tier 1"
            case.drop(lines, key, code, sheet, "parent", reason, remedy)
        if not bad:
            return


def _parent_flaw(cells: Cells, known: Mapping[str, Cells]) -> tuple[str, str] | None:
    tier, parent = cells["tier"], cells["parent"]
    if parent is None:
        return None if tier == 1 else ("tier", "it has no grid above it")
    above = known.get(str(parent))
    if above is None:
        return "unknown-ref", f"{str(parent)[:40]!r} is no grid of the file or the twin"
    if not (isinstance(tier, int) and above["tier"] == tier - 1):
        return "tier", f"the grid above it is of tier {above['tier']}, its own is {tier}"
    return None


def _units(case: Case, sheet: Sheet, lines: Lines) -> None:
    """An address names one unit."""
    first = {
        (cells["building"], cells["entrance"], cells["room"]): f"unit {key} of the twin"
        for key, cells in case.held.get("units", {}).items()
        if key not in lines
    }
    for key in list(lines):
        cells = lines[key].cells
        address = (cells["building"], cells["entrance"], cells["room"])
        if address in first:
            reason = f"{first[address]} has the same room at the same entrance"
            case.drop(lines, key, "same-address", sheet, "room", reason, "give it another room number")
        else:
            first[address] = f"row {lines[key].row}"


_SINGLE: Mapping[str, Callable[[Case, Cells], Iterator[Flaw]]] = {
    "entrances": _entrance,
    "units": _unit,
    "devices": _device,
    "cameras": _camera,
    "facilities": _on_storey,
    "restaurants": _restaurant,
}
_WHOLE: Mapping[str, Callable[[Case, Sheet, Lines], None]] = {
    "grids": _grids,
    "units": _units,
    "staff": people,
    "volunteers": people,
    "residents": residents,
    "care": care,
}
