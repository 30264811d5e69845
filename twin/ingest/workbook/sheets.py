"""The sheets of the workbook and their columns, as data: all that reads, explains or writes follows it."""

from collections.abc import Mapping
from dataclasses import replace

from twin.ingest.workbook import words
from twin.ingest.workbook.fields import (
    CRS,
    GEOMETRY,
    LAT,
    LON,
    VALID_FROM,
    Sheet,
    choice,
    day,
    flag,
    ident,
    number,
    ref,
    required,
    text,
    whole,
)
from twin.ingest.workbook.people import CARE, RESIDENTS, STAFF, VOLUNTEERS

BUILDING = ref("building", "楼栋编号", "buildings", "building_id")
STOREY = whole("storey", "层序", "地面层为 0，其上 1、2……，地下 -1、-2……", -20, 199, column="storey_ordinal")
POINT = (required(LON), required(LAT), CRS)
AREA = (required(GEOMETRY), CRS)

_SHEETS = (
    Sheet(
        "compounds",
        "小区",
        "compound",
        (
            ident("小区的编号"),
            required(text("name", "名称")),
            text("address", "地址"),
            *AREA,
        ),
        "居民小区、院落",
    ),
    Sheet(
        "buildings",
        "楼栋",
        "building",
        (
            ident("楼栋的编号"),
            text("name", "名称"),
            text("address", "地址"),
            ref("compound", "小区编号", "compounds", "compound_id"),
            required(choice("use", "用途", words.BUILDING_USES)),
            replace(choice("form", "形式", words.BUILDING_FORMS), default="other"),
            whole("storeys_above", "地上层数", "层数与高度至少填一项", 0, 200),
            replace(whole("storeys_below", "地下层数", "", 0, 20), default=0),
            number("height_m", "高度", "米；留空按每层 3 米推算", 0, 1000),
            replace(number("base_m", "底面高", "米", -100, 1000), default=0.0),
            flag("storeys_derived", "层数为推算"),
            flag("height_derived", "高度为推算"),
            text("source_id", "来源编号"),
            *AREA,
        ),
        "每栋一行；各层由层数和高度推算",
    ),
    Sheet(
        "entrances",
        "单元门",
        "entrance",
        (
            ident("单元门的编号"),
            required(BUILDING),
            required(text("name", "名称", "如 1 单元")),
            ref("micro_grid", "微网格编号", "grids", "micro_grid_id"),
            *POINT,
            VALID_FROM,
        ),
        "楼栋的每个门；微网格由门归属",
        more=("单元",),
    ),
    Sheet(
        "grids",
        "网格",
        "grid",
        (
            ident("网格的编号"),
            required(text("code", "网格编码")),
            replace(text("code_scheme", "编码规则"), default="cd-proposal-17"),
            text("official_code", "官方编码"),
            required(whole("tier", "层级", "1 总网格，2 一般网格，3 微网格", 1, 3)),
            replace(
                choice("kind", "种类", words.GRID_KINDS),
                default="residential",
            ),
            choice("type", "类型", words.GRID_TYPES),
            required(text("name", "名称")),
            ref("parent", "上级网格编号", "grids", "parent_id"),
            required(whole("households", "户数", "", 0, 100_000)),
            replace(whole("boundary_version", "边界版本", "", 1, 100_000), default=1),
            *AREA,
            VALID_FROM,
        ),
        "总网格、一般网格、微网格与专属网格",
    ),
    STAFF,
    VOLUNTEERS,
    Sheet(
        "facilities",
        "设施",
        "facility",
        (
            ident("设施的编号"),
            required(replace(choice("category", "类别", words.FACILITIES), is_open=True)),
            required(text("name", "名称")),
            BUILDING,
            STOREY,
            *POINT,
            text("opening_hours", "开放时间"),
            text("phone", "公开电话"),
            flag("accessible", "无障碍", default=None),
        ),
        "便民设施",
    ),
    Sheet(
        "restaurants",
        "餐饮",
        "restaurant",
        (
            ident("餐饮单位的编号"),
            required(text("name", "名称")),
            text("org_code", "统一社会信用代码"),
            BUILDING,
            STOREY,
            *POINT,
            required(whole("stoves", "灶头数", "", 0, 500)),
            replace(number("fume_limit_mg_m3", "油烟限值", "毫克每立方米", 0.01, 100), default=2.0),
            required(number("purifier_removal_pct", "净化效率", "百分比：小型 60，中型 75，大型 85", 0, 100)),
            ref("device", "油烟监测仪编号", "devices", "device_id"),
        ),
        "餐饮单位与其油烟净化",
    ),
    Sheet(
        "cameras",
        "摄像机",
        "camera",
        (
            replace(ident("该摄像机在「设备」表里的编号"), kind="ref", ref="devices"),
            text("gb28181", "国标编码", "20 位"),
            number("bearing_deg", "朝向", "度，北为 0，顺时针", 0, 360),
            ref("lane", "消防通道编号", "lanes", "lane_id"),
        ),
        "摄像机在「设备」之外的内容",
    ),
    Sheet(
        "lanes",
        "消防通道",
        "lane",
        (
            ident("通道的编号"),
            replace(choice("kind", "种类", words.LANE_KINDS), default="fire_lane"),
            required(text("name", "名称")),
            ref("compound", "小区编号", "compounds", "compound_id"),
            BUILDING,
            required(number("width_m", "宽度", "米", 0.1, 100)),
            required(number("length_m", "长度", "米", 0.1, 10_000)),
            *AREA,
        ),
        "须保持畅通的范围",
    ),
    Sheet(
        "assets",
        "部件",
        "asset",
        (
            ident("部件的编号"),
            required(choice("kind", "种类", words.ASSET_KINDS)),
            required(text("name", "名称")),
            BUILDING,
            *POINT,
        ),
        "消火栓、燃气阀门",
    ),
    Sheet(
        "devices",
        "设备",
        "device",
        (
            ident("设备的编号，与上报时一致"),
            required(choice("kind", "种类", words.DEVICE_KINDS)),
            required(text("label", "名称")),
            BUILDING,
            STOREY,
            ref("unit", "户室编号", "units", "unit_id"),
            *POINT,
            replace(number("z_m", "离地高", "米", -100, 1000), default=0.0),
            required(flag("is_public", "公共", "住户家中的为否", default=None)),
            required(whole("expected_interval_s", "上报间隔", "秒", 1, 2_678_400)),
            day("installed_on", "安装日期", "installed_at", "留空不改动；新行取导入当日", is_from_day=True),
        ),
        "会上报的设备",
    ),
    Sheet(
        "units",
        "户室",
        "unit",
        (
            ident("户室的编号"),
            required(BUILDING),
            required(ref("entrance", "单元门编号", "entrances", "entrance_id")),
            required(STOREY),
            required(text("room", "房号")),
            required(choice("use", "用途", words.UNIT_USES)),
            required(choice("state", "状态", words.UNIT_STATES)),
            required(whole("position", "列序", "同一单元门内从左数起", 1, 500)),
            replace(GEOMETRY, help="WKT POLYGON，可留空"),
            CRS,
        ),
        "每户、每间一行",
    ),
    RESIDENTS,
    CARE,
)
SHEETS: Mapping[str, Sheet] = {sheet.key: sheet for sheet in _SHEETS}

# A sheet comes after those it refers to.
ORDER = (
    *("compounds", "buildings", "grids", "entrances", "units", "lanes", "devices", "cameras", "facilities"),
    *("restaurants", "assets", "staff", "volunteers", "residents", "care"),
)
