"""Fire lanes, and whether the camera that watches each says so; from afar only those that need somebody."""

from twin.spec import Column, Drill, Fixed, Layer, Outlines, Provenance, States, T

STATES = {
    "blocked": Fixed((230, 159, 0), T("被占用", "Blocked")),
    "free": Fixed((118, 158, 170), T("畅通", "Free"), alpha=150),
    "unknown": Fixed((122, 130, 138), T("无数据", "No data"), alpha=130),
    "unwatched": Fixed((84, 92, 100), T("无摄像机看护", "No camera on it"), alpha=90),
}

LAYER = Layer(
    id="fire_lanes",
    title=T("消防车通道", "Fire lanes"),
    group="safety",
    order=35,
    live=True,
    sql="SELECT * FROM lane_at($at, $clearance) WHERE kind = 'fire_lane'",
    key="id",
    columns=(
        Column("name", T("通道", "Lane")),
        Column("compound_name", T("小区", "Compound")),
        Column("state", T("状态", "State"), kind="state", states={k: f.name for k, f in STATES.items()}),
        Column("width_m", T("宽", "Width"), kind="number", unit="m"),
        Column("length_m", T("长", "Length"), kind="number", unit="m"),
        Column("seen_at", T("最近看到", "Last looked at"), kind="age"),
    ),
    style=Outlines(
        States("state", STATES, STATES["unknown"]), width_m=0.7, min_px=2.0, quiet=("free", "unwatched")
    ),
    drill=Drill(by="building_id"),
    shows={"wall": ("name", "state", "seen_at", "building_id")},
    provenance=Provenance(T("消防通道清单", "Fire lane register"), licence="as imported; demo: Apache-2.0"),
)
