"""Micro grids (微网格) of 30 to 100 households, the third tier."""

from twin.spec import Column, Fixed, Label, Layer, Outlines, Provenance, T

LAYER = Layer(
    id="micro_grids",
    title=T("微网格", "Micro grids"),
    group="grid",
    order=32,
    sql="""SELECT id, name, code, households, area_m2, geom_wkb, x_m, y_m
           FROM grid_at($at, $clearance) WHERE tier = 3 AND kind <> 'exclusive'""",
    key="id",
    columns=(
        Column("name", T("网格", "Grid")),
        Column("code", T("编码", "Code")),
        Column("households", T("户数", "Households"), kind="number"),
        Column("area_m2", T("面积", "Area"), kind="number", unit="m²"),
    ),
    style=Outlines(
        color=Fixed((100, 116, 132), T("微网格边界", "Micro grid border"), alpha=90),
        width_m=0.8,
        min_px=0.7,
        label=Label("name", scale=0.8, rank=80, min_zoom=16.5),
    ),
    on=False,
    shows={"wall": ("name", "code", "households", "area_m2")},
    provenance=Provenance(T("社区网格图", "Community grid map"), licence="as imported; demo: Apache-2.0"),
)
