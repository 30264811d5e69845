"""Free places of the car parks, as their counters say now."""

from twin.spec import Column, Drill, Fixed, Layer, Points, Provenance, States, T

STATES = {
    "full": Fixed((178, 168, 142), T("已满", "Full")),
    "free": Fixed((118, 158, 170), T("有空位", "Places free")),
    "fault": Fixed((185, 169, 53), T("故障", "Fault")),
    "stale": Fixed((122, 130, 138), T("迟报", "Late")),
    "lost": Fixed((78, 86, 94), T("无数据", "No data")),
}

LAYER = Layer(
    id="parking",
    title=T("停车余位", "Parking"),
    group="service",
    order=53,
    live=True,
    on=False,
    sql="""SELECT device_id, label, building_id, storey_ordinal, x_m, y_m, z_m, value AS places_free, seen_at,
             CASE WHEN freshness IN ('offline', 'never') THEN 'lost' WHEN state = 'fault' THEN 'fault'
                  WHEN freshness = 'stale' THEN 'stale' WHEN value IS NULL THEN 'lost'
                  WHEN value < 1 THEN 'full' ELSE 'free' END AS condition
           FROM device_at($at, $clearance) WHERE kind = 'parking'""",
    key="device_id",
    columns=(
        Column("label", T("停车场", "Car park")),
        Column("condition", T("状态", "State"), kind="state", states={k: f.name for k, f in STATES.items()}),
        Column("places_free", T("空位", "Free places"), kind="number"),
        Column("seen_at", T("最近上报", "Last seen"), kind="age"),
    ),
    style=Points(States("condition", STATES, STATES["lost"]), radius_m=3.0, min_px=3.0, over=True),
    drill=Drill(by="building_id", storey="storey_ordinal", device="device_id"),
    shows={"wall": ("label", "condition", "places_free", "seen_at", "building_id")},
    provenance=Provenance(T("停车计数", "Parking counters"), licence="operator's own; demo: Apache-2.0"),
)
