"""Rules for the rows that name people. The words of a fault never repeat a name or a number of theirs."""

from collections import defaultdict
from collections.abc import Mapping

from twin.ingest.workbook.book import Cells
from twin.ingest.workbook.case import Case, Lines
from twin.ingest.workbook.fields import Sheet
from twin.ingest.workbook.sheets import SHEETS

LOAD_MOST = 100
ROWS_NAMED = 6


def people(case: Case, sheet: Sheet, lines: Lines) -> None:
    if sheet.key == "volunteers":
        _not_staff(case, sheet, lines)
    _one_id_no_each(case, sheet, lines)
    _shared_phones(case, sheet, lines)


def residents(case: Case, sheet: Sheet, lines: Lines) -> None:
    people(case, sheet, lines)
    _one_home_each(case, sheet, lines)


def care(case: Case, sheet: Sheet, lines: Lines) -> None:
    for key in list(lines):
        cells = lines[key].cells
        known = case.levels.get(str(cells["scheme"]))
        if known is None:
            reason, remedy = (
                f"the twin knows no scheme {cells['scheme']!r}",
                f"one of: {', '.join(case.levels)}",
            )
            case.drop(lines, key, "scheme", sheet, "scheme", reason, remedy)
        elif cells["level"] not in known:
            reason = f"the scheme {cells['scheme']} has no such level"
            case.drop(lines, key, "level", sheet, "level", reason, f"one of: {', '.join(sorted(known))}")


def _not_staff(case: Case, sheet: Sheet, lines: Lines) -> None:
    for key in [key for key in lines if key in case.known["staff"]]:
        reason = "that number is already somebody's in 队伍"
        case.drop(lines, key, "duplicate", sheet, "no", reason, "give the volunteer a number of their own")


def _rest(case: Case, sheet: Sheet, lines: Lines) -> Mapping[str, Cells]:
    """What the twin holds and the file does not name."""
    return {key: cells for key, cells in case.held.get(sheet.key, {}).items() if key not in lines}


def _one_id_no_each(case: Case, sheet: Sheet, lines: Lines) -> None:
    first = {
        cells["id_no"]: f"no. {key} of the twin"
        for key, cells in _rest(case, sheet, lines).items()
        if cells["id_no"]
    }
    for key in list(lines):
        id_no = lines[key].cells["id_no"]
        if id_no is None:
            continue
        if id_no in first:
            reason = f"{first[id_no]} has the same ID number"
            case.drop(lines, key, "same-id-no", sheet, "id_no", reason, "it is one person, or one is wrong")
        else:
            first[id_no] = f"row {lines[key].row}"


def _shared_phones(case: Case, sheet: Sheet, lines: Lines) -> None:
    rows: dict[object, list[int]] = defaultdict(list)
    for line in lines.values():
        if line.cells["phone"]:
            rows[line.cells["phone"]].append(line.row)
    for shared in (each for each in rows.values() if len(each) > 1):
        reason = f"rows {_listed(shared)} have the same telephone number; kept"
        case.note("same-phone", sheet, shared[1], "phone", reason, "correct it if it is not shared")


def _listed(rows: list[int]) -> str:
    named = ", ".join(str(row) for row in rows[:ROWS_NAMED])
    return f"{named} and {len(rows) - ROWS_NAMED} more" if len(rows) > ROWS_NAMED else named


def _one_home_each(case: Case, sheet: Sheet, lines: Lines) -> None:
    """A household lives in one unit, and so in one grid."""
    homes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, line in lines.items():
        if line.cells["household_no"]:
            homes[str(line.cells["household_no"])][str(line.cells["unit"])].append(key)
    left: dict[str, set[str]] = defaultdict(set)
    for cells in _rest(case, sheet, lines).values():
        if cells["household_no"] in homes:
            left[str(cells["household_no"])].add(str(cells["unit"]))
    for number, units in homes.items():
        if len({*units, *left[number]}) < 2:
            continue
        places = "; ".join(
            f"row {lines[keys[0]].row}{_grid_words(case, unit)}" for unit, keys in units.items()
        )
        reason = f"household {number} is in several units: {places}"
        if others := left[number] - set(units):
            reason += f"; {len(others)} more where members that the file does not name live in the twin"
        for key in [key for keys in units.values() for key in keys]:
            remedy = "give all its members one unit, or the others another household number"
            case.drop(lines, key, "two-homes", sheet, "household_no", reason, remedy)


def grid_of(case: Case, unit_key: object) -> str | None:
    unit = case.known["units"].get(str(unit_key))
    door = unit and case.known["entrances"].get(str(unit["entrance"]))
    return str(door["micro_grid"]) if door and door["micro_grid"] else None


def _grid_words(case: Case, unit_key: str) -> str:
    grid = grid_of(case, unit_key)
    name = case.known["grids"].get(grid or "", {}).get("name")
    return f" (grid {name})" if name else ""


def tell_loads(case: Case) -> None:
    """Micro grids in which a steward answers for more residents than the rule says."""
    if not case.given & {"residents", "staff"}:
        return
    stewards: dict[str, int] = defaultdict(int)
    for cells in case.known["staff"].values():
        if cells["role"] == "steward" and cells["grid"]:
            stewards[str(cells["grid"])] += 1
    living: dict[str, int] = defaultdict(int)
    for cells in case.known["residents"].values():
        if grid := grid_of(case, cells["unit"]):
            living[grid] += 1
    for grid, count in sorted(living.items()):
        load = count / stewards[grid] if stewards[grid] else None
        if load is not None and load <= LOAD_MOST:
            continue
        name = case.known["grids"][grid]["name"] if grid in case.known["grids"] else grid
        words = f"{count} residents and no steward" if load is None else f"{load:.0f} residents a steward"
        reason = f"grid {name} has {words}; the rule is 50 to {LOAD_MOST}"
        case.note("load", SHEETS["staff"], None, "grid", reason, "appoint a steward, or divide the grid")
