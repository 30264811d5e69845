"""Requests the door has received: reported, in handling, closed within the last day."""

from twin.spec import Column, Drill, Fixed, Layer, Points, Provenance, States, T

STATES = {
    "reported": Fixed((230, 159, 0), T("上报", "Reported")),
    "handling": Fixed((214, 200, 150), T("处置", "Handling")),
    "closed": Fixed((96, 106, 116), T("结案", "Closed"), alpha=150),
}

LAYER = Layer(
    id="tickets",
    title=T("工单", "Tickets"),
    group="governance",
    order=60,
    live=True,
    sql="""SELECT ticket_id, state, category, title, building_id, storey_ordinal, unit_id, x_m, y_m, z_m,
             reported_at, seen_at
           FROM ticket_at($at, $clearance)
           WHERE state <> 'closed' OR happened_at > judged_at($at) - INTERVAL 1 DAY""",
    key="ticket_id",
    columns=(
        Column("title", T("诉求", "Request")),
        Column("category", T("类别", "Category")),
        Column("state", T("状态", "State"), kind="state", states={k: f.name for k, f in STATES.items()}),
        Column("reported_at", T("上报时间", "Reported"), kind="age"),
        Column("seen_at", T("最近更新", "Last update"), kind="age"),
    ),
    style=Points(States("state", STATES, STATES["handling"]), radius_m=2.2, min_px=3.5, over=True),
    drill=Drill(by="building_id", storey="storey_ordinal", unit="unit_id", ticket="ticket_id"),
    shows={"wall": ("category", "state", "reported_at", "seen_at", "building_id")},
    provenance=Provenance(T("居民诉求", "Residents' requests"), licence="operator's own; demo: Apache-2.0"),
)
