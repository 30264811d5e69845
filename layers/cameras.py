"""Public cameras: whether each is heard, and what its analysis says; never a picture."""

from twin.spec import Column, Fixed, Layer, Points, Provenance, States, T

STATES = {
    "lane_blocked": Fixed((230, 159, 0), T("通道占用", "Lane blocked")),
    "finding": Fixed((214, 200, 150), T("有发现", "Finding")),
    "fault": Fixed((185, 169, 53), T("故障", "Fault")),
    "normal": Fixed((104, 124, 136), T("正常", "Normal")),
    "stale": Fixed((122, 130, 138), T("迟报", "Late")),
    "lost": Fixed((78, 86, 94), T("无数据", "No data")),
    "maintenance": Fixed((96, 104, 128), T("维护中", "In maintenance")),
}

LAYER = Layer(
    id="cameras",
    title=T("摄像机", "Cameras"),
    group="safety",
    order=52,
    live=True,
    sql="""SELECT device_id, label, gb28181, lane_name, x_m, y_m, z_m, seen_at,
             CASE freshness WHEN 'online' THEN
                    CASE WHEN state IN ('normal', 'fault', 'lane_blocked') THEN state ELSE 'finding' END
                  WHEN 'offline' THEN 'lost' WHEN 'never' THEN 'lost' ELSE freshness END AS condition
           FROM camera_at($at, $clearance)""",
    key="device_id",
    columns=(
        Column("label", T("摄像机", "Camera")),
        Column("condition", T("状态", "State"), kind="state", states={k: f.name for k, f in STATES.items()}),
        Column("lane_name", T("看护通道", "Watches")),
        Column("gb28181", T("国标编码", "GB/T 28181 code")),
        Column("seen_at", T("最近心跳", "Last heartbeat"), kind="age"),
    ),
    style=Points(States("condition", STATES, STATES["lost"]), radius_m=1.2, min_px=1.8),
    shows={"wall": ("label", "condition", "seen_at")},
    provenance=Provenance(T("公共视频", "Public cameras"), licence="operator's own; demo: Apache-2.0"),
)
