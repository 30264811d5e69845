"""Volunteers where they last were; on the wall nameless and on duty only."""

from twin.spec import Column, Fixed, Layer, Points, Provenance, States, T

DUTY = {
    "on": Fixed((110, 146, 150), T("在岗", "On duty")),
    "off": Fixed((74, 84, 94), T("离岗", "Off duty"), alpha=150),
}

LAYER = Layer(
    id="volunteers",
    title=T("志愿者", "Volunteers"),
    group="people",
    order=71,
    live=True,
    sql="""SELECT actor_id, role, grid_name, x_m, y_m, z_m, seen_at,
             CASE WHEN on_duty THEN 'on' ELSE 'off' END AS duty
           FROM staff_position_at($at, $clearance) WHERE role = 'volunteer'""",
    key="actor_id",
    columns=(
        Column("role", T("岗位", "Role"), kind="state", states={"volunteer": T("志愿者", "Volunteer")}),
        Column("grid_name", T("网格", "Grid")),
        Column("duty", T("在岗", "Duty"), kind="state", states={k: f.name for k, f in DUTY.items()}),
        Column("seen_at", T("最近位置", "Last position"), kind="age"),
    ),
    style=Points(States("duty", DUTY, DUTY["off"]), radius_m=1.5, min_px=2),
    shows={"wall": ("role", "duty", "seen_at")},
    provenance=Provenance(T("在岗定位", "Duty positions"), licence="operator's own; demo: Apache-2.0"),
)
