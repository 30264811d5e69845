"""A small community as the rows of its workbook, and workbooks written the way people's programs do."""

import csv
from copy import deepcopy
from pathlib import Path

from openpyxl import Workbook

from twin.ingest.workbook.sheets import SHEETS
from twin.model.id_numbers import check_digit

CODE12 = "510115006001"
LON, LAT = 103.855, 30.685
BOUNDS = (103.845, 30.675, 103.865, 30.695)


def id_no(first17: str) -> str:
    return first17 + check_digit(first17)


def square(column: int = 0, row: int = 0, size: float = 0.0002) -> str:
    west, south = LON + column * 0.0005, LAT + row * 0.0005
    east, north = west + size, south + size
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return "POLYGON ((" + ", ".join(f"{lon:.6f} {lat:.6f}" for lon, lat in corners) + "))"


PEOPLE = {
    "R1": id_no("11010119500309001"),
    "R2": id_no("11010119520715002"),
    "R3": id_no("11010119800101003"),
}

_LISTS = {
    "compounds": [{"id": "c1", "name": "杏林苑", "address": "杏林路 1 号", "geometry": square(size=0.002)}],
    "buildings": [
        {"id": "b1", "name": "1 栋", "compound": "c1", "use": "住宅", "form": "多层", "storeys_above": 6,
         "height_m": 18, "geometry": square()},
        {"id": "b2", "name": "2 栋", "compound": "c1", "use": "residential", "storeys_above": None,
         "height_m": 9, "geometry": square(1)},
    ],
    "grids": [
        {"id": "g0", "code": "g0", "tier": 1, "name": "永宁", "households": 3,
         "geometry": square(size=0.004)},
        {"id": "g1", "code": "g1", "tier": 2, "name": "第一网格", "parent": "g0", "households": 3,
         "geometry": square(size=0.004)},
        {"id": "m1", "code": "m1", "tier": 3, "type": "城镇建制小区", "name": "永宁-01-001", "parent": "g1",
         "households": 2, "geometry": square(size=0.001)},
        {"id": "m2", "code": "m2", "tier": 3, "type": "gated_compound", "name": "永宁-01-002", "parent": "g1",
         "households": 1, "geometry": square(2, size=0.001)},
    ],
    "entrances": [
        {"id": "b1-1", "building": "b1", "name": "1 单元", "micro_grid": "m1", "lon": LON, "lat": LAT},
        {"id": "b2-1", "building": "b2", "name": "1 单元", "micro_grid": "m2", "lon": LON + 0.0005,
         "lat": LAT},
    ],
    "units": [
        {"id": "u1", "building": "b1", "entrance": "b1-1", "storey": 0, "room": "101", "use": "住宅",
         "state": "自住", "position": 1, "geometry": square(size=0.0001)},
        {"id": "u2", "building": "b1", "entrance": "b1-1", "storey": 1, "room": "201", "use": "住宅",
         "state": "出租", "position": 1},
        {"id": "u3", "building": "b2", "entrance": "b2-1", "storey": 2, "room": "301", "use": "住宅",
         "state": "自住", "position": 1},
    ],
    "staff": [
        {"no": "w1", "role": "微网格员", "name": "王一", "phone": "13800000001", "grid": "m1"},
        {"no": "w2", "role": "微网格员", "name": "王二", "phone": "13800000002", "grid": "m2"},
    ],
    "volunteers": [{"no": "v1", "name": "李三", "grid": "m1", "travel_mode": "步行"}],
    "devices": [
        {"id": "smoke-1", "kind": "烟感", "label": "101 烟感", "building": "b1", "storey": 0, "unit": "u1",
         "lon": LON, "lat": LAT, "z_m": 2.7, "is_public": "否", "expected_interval_s": 3600},
        {"id": "cam-1", "kind": "camera", "label": "大门", "lon": LON, "lat": LAT, "z_m": 6,
         "is_public": "是", "expected_interval_s": 60},
        {"id": "fume-1", "kind": "fume_monitor", "label": "面馆油烟", "building": "b1", "storey": 0,
         "lon": LON, "lat": LAT, "is_public": "是", "expected_interval_s": 60},
    ],
    "lanes": [
        {"id": "l1", "name": "东门", "compound": "c1", "width_m": 4, "length_m": 30, "geometry": square(3)}
    ],
    "cameras": [{"id": "cam-1", "gb28181": "51011500001320000001", "bearing_deg": 90, "lane": "l1"}],
    "facilities": [
        {"id": "f1", "category": "药店", "name": "永宁药店", "building": "b1", "storey": 0, "lon": LON,
         "lat": LAT, "opening_hours": "08:00-22:00", "accessible": "是"}
    ],
    "restaurants": [
        {"id": "r1", "name": "面馆", "building": "b1", "storey": 0, "lon": LON, "lat": LAT, "stoves": 2,
         "purifier_removal_pct": 60, "device": "fume-1"}
    ],
    "assets": [{"id": "a1", "kind": "消火栓", "name": "东门消火栓", "lon": LON, "lat": LAT}],
    "residents": [
        {"no": "R1", "name": "张大山", "sex": "男", "born": "1950-03-09", "id_no": PEOPLE["R1"],
         "phone": "13900000001", "household_no": "H1", "unit": "u1", "kinship": "户主", "tenure": "产权人",
         "hukou_match": "01"},
        {"no": "R2", "name": "刘小兰", "sex": "女", "born": "1952-07-15", "id_no": PEOPLE["R2"],
         "household_no": "H1", "unit": "u1", "kinship": "配偶", "tenure": "家属"},
        {"no": "R3", "name": "陈三", "sex": "男", "id_no": PEOPLE["R3"], "phone": "13900000003",
         "household_no": "H2", "unit": "u2", "kinship": "户主", "tenure": "租户", "hukou_match": "人户分离"},
    ],
    "care": [{"no": "R1", "level": "红色", "categories": "独居、失能", "assessed_on": "2026-05-01"}],
}  # fmt: skip


def lists(*keys):
    """Rows by sheet; only these sheets where any are named."""
    return {key: deepcopy(rows) for key, rows in _LISTS.items() if not keys or key in keys}


def without(*keys):
    return {key: deepcopy(rows) for key, rows in _LISTS.items() if key not in keys}


def headers(key, rows):
    named = dict.fromkeys(name for row in rows for name in row)
    known = [field.key for field in SHEETS[key].fields if field.key in named]
    return known + [name for name in named if name not in known]


def pages(sheets, info=(("crs", "cgcs2000"),)):
    """Name and rows of every sheet, headers in Chinese where the column has a Chinese name."""
    if info:
        yield "说明", [list(pair) for pair in info]
    for key, rows in sheets.items():
        names = headers(key, rows)
        words = {field.key: field.zh for field in SHEETS[key].fields}
        yield (
            SHEETS[key].zh,
            [
                [words.get(name, name) for name in names],
                *([row.get(name) for name in names] for row in rows),
            ],
        )


def write_xlsx(path: Path, sheets, info=(("crs", "cgcs2000"),), finish=lambda book: None) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in pages(sheets, info):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    finish(book)
    book.save(path)
    return path


def write_folder(path: Path, sheets, info=(("crs", "cgcs2000"),), encoding="utf-8-sig") -> Path:
    path.mkdir()
    for name, rows in pages(sheets, info):
        with (path / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return path
