"""The latest word of every device without a layer of its own, and whether it is still true."""

from twin.spec import Column, Drill, Fixed, Layer, Points, Provenance, States, T

STATES = {
    "alarm": Fixed((255, 96, 84), T("报警", "Alarm")),
    "fault": Fixed((185, 169, 53), T("故障", "Fault")),
    "test": Fixed((111, 168, 201), T("测试", "Test")),
    "normal": Fixed((118, 158, 170), T("正常", "Normal")),
    "stale": Fixed((122, 130, 138), T("迟报", "Late")),
    "lost": Fixed((78, 86, 94), T("无信号", "No signal")),
    "maintenance": Fixed((96, 104, 128), T("维护中", "In maintenance")),
}

LAYER = Layer(
    id="devices",
    title=T("感知设备", "Devices"),
    group="safety",
    order=50,
    live=True,
    sql="""SELECT device_id, kind, label, building_id, storey_ordinal, unit_id, x_m, y_m, z_m,
             seen_at, value, unit, CASE WHEN freshness = 'online' THEN state
               WHEN freshness IN ('offline', 'never') THEN 'lost' ELSE freshness END AS condition
           FROM device_at($at, $clearance) WHERE kind NOT IN ('fume_monitor', 'camera', 'parking')""",
    key="device_id",
    columns=(
        Column("label", T("设备", "Device")),
        Column("kind", T("类型", "Kind"), kind="device_kind"),
        Column("condition", T("状态", "State"), kind="state", states={k: f.name for k, f in STATES.items()}),
        Column("value", T("读数", "Value"), kind="number"),
        Column("unit", T("单位", "Unit")),
        Column("seen_at", T("最近上报", "Last seen"), kind="age"),
    ),
    style=Points(
        States("condition", STATES, Fixed((118, 158, 170), T("其他", "Other"))), radius_m=1.4, min_px=2
    ),
    drill=Drill(by="building_id", storey="storey_ordinal", unit="unit_id", device="device_id"),
    shows={"wall": ("kind", "condition", "seen_at", "building_id")},
    provenance=Provenance(T("设备接入", "Device feeds"), licence="operator's own; demo: Apache-2.0"),
)
