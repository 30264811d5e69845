"""Micro-grid stewards and grid workers where they last were; on the wall nameless and on duty only."""

from twin.spec import Column, Fixed, Layer, Points, Provenance, States, T

DUTY = {
    "on": Fixed((95, 159, 179), T("在岗", "On duty")),
    "off": Fixed((74, 84, 94), T("离岗", "Off duty"), alpha=150),
}

LAYER = Layer(
    id="stewards",
    title=T("网格员", "Stewards"),
    group="people",
    order=70,
    live=True,
    sql="""SELECT actor_id, role, grid_name, x_m, y_m, z_m, seen_at,
             CASE WHEN on_duty THEN 'on' ELSE 'off' END AS duty
           FROM staff_position_at($at, $clearance) WHERE role IN ('steward', 'full_time')""",
    key="actor_id",
    columns=(
        Column(
            "role",
            T("岗位", "Role"),
            kind="state",
            states={"steward": T("微网格员", "Steward"), "full_time": T("专职网格员", "Grid worker")},
        ),
        Column("grid_name", T("网格", "Grid")),
        Column("duty", T("在岗", "Duty"), kind="state", states={k: f.name for k, f in DUTY.items()}),
        Column("seen_at", T("最近位置", "Last position"), kind="age"),
    ),
    style=Points(States("duty", DUTY, DUTY["off"]), radius_m=1.8, min_px=2.5),
    shows={"wall": ("role", "duty", "seen_at")},
    provenance=Provenance(T("在岗定位", "Duty positions"), licence="operator's own; demo: Apache-2.0"),
)
