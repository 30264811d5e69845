"""What the fume monitors of the kitchens read now, each judged by its own kitchen's limit."""

from twin.spec import Column, Drill, Fixed, Layer, Points, Provenance, States, T

STATES = {
    "over": Fixed((185, 169, 53), T("超过限值", "Over its limit")),
    "near": Fixed((150, 144, 108), T("接近限值（80% 以上）", "Over 80 % of its limit")),
    "normal": Fixed((96, 114, 124), T("正常", "Normal")),
    "fault": Fixed((128, 116, 100), T("故障", "Fault")),
    "no_limit": Fixed((118, 130, 142), T("限值未登记", "No limit recorded")),
    "stale": Fixed((122, 130, 138), T("迟报", "Late")),
    "lost": Fixed((78, 86, 94), T("无数据", "No data")),
}

LAYER = Layer(
    id="fume_monitors",
    title=T("餐饮油烟", "Kitchen fumes"),
    group="safety",
    order=51,
    live=True,
    sql="SELECT * FROM fume_monitor_at($at, $clearance)",
    key="device_id",
    columns=(
        Column("name", T("餐饮单位", "Kitchen")),
        Column("condition", T("状态", "State"), kind="state", states={k: f.name for k, f in STATES.items()}),
        Column("value", T("瞬时读数", "Reading now"), kind="number", unit="mg/m³"),
        Column("limit_mg_m3", T("限值", "Limit"), kind="number", unit="mg/m³"),
        Column("stoves", T("灶头数", "Stoves"), kind="number"),
        Column("seen_at", T("最近上报", "Last seen"), kind="age"),
    ),
    style=Points(States("condition", STATES, STATES["lost"]), radius_m=1.8, min_px=2.5, over=True),
    drill=Drill(by="building_id", storey="storey_ordinal", device="device_id"),
    shows={"wall": ("name", "condition", "value", "limit_mg_m3", "seen_at", "building_id")},
    provenance=Provenance(T("油烟在线监测", "Fume monitoring"), licence="operator's own; demo: Apache-2.0"),
)
