"""Home kits as counts by general grid: how the wall sees the devices in homes."""

from twin.spec import Column, Fixed, Layer, Points, Provenance, States, T

STATES = {
    "some": Fixed((230, 159, 0), T("有无信号", "Some without signal")),
    "none": Fixed((78, 86, 94), T("全部无信号", "None with signal")),
    "all": Fixed((118, 158, 170), T("全部有信号", "All with signal")),
}

LAYER = Layer(
    id="device_homes",
    title=T("居家设备（按网格）", "Home devices by grid"),
    group="safety",
    order=45,
    live=True,
    on=False,
    sql="""SELECT id, name, x_m, y_m - 14 AS y_m, 0.5 AS z_m, devices, online, dark,
             CASE WHEN dark = 0 THEN 'all' WHEN online = 0 THEN 'none' ELSE 'some' END AS signal
           FROM home_device_grid_at($at, $clearance) WHERE devices > 0""",
    key="id",
    columns=(
        Column("name", T("一般网格", "General grid")),
        Column("signal", T("信号", "Signal"), kind="state", states={k: f.name for k, f in STATES.items()}),
        Column("devices", T("设备数", "Devices"), kind="number"),
        Column("online", T("有信号", "With signal"), kind="number"),
        Column("dark", T("无信号", "Without signal"), kind="number"),
    ),
    style=Points(States("signal", STATES, STATES["none"]), radius_m=5, min_px=5, over=True),
    shows={"wall": ("name", "signal", "devices", "online", "dark")},
    provenance=Provenance(T("设备接入", "Device feeds"), licence="operator's own; demo: Apache-2.0"),
)
