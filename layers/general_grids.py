"""General grids (一般网格), the second tier, named at their centres."""

from twin.spec import Column, Fixed, Label, Layer, Outlines, Provenance, T

LAYER = Layer(
    id="general_grids",
    title=T("一般网格", "General grids"),
    group="grid",
    order=31,
    sql="""SELECT id, name, code, households, area_m2, geom_wkb, x_m, y_m
           FROM grid_at($at, $clearance) WHERE tier = 2""",
    key="id",
    columns=(
        Column("name", T("网格", "Grid")),
        Column("code", T("编码", "Code")),
        Column("households", T("户数", "Households"), kind="number"),
        Column("area_m2", T("面积", "Area"), kind="number", unit="m²"),
    ),
    style=Outlines(
        color=Fixed((126, 142, 158), T("一般网格边界", "General grid border"), alpha=120),
        width_m=1.6,
        min_px=1.2,
        label=Label("name", rgb=(190, 200, 210), scale=1.25, rank=10),
    ),
    on=True,
    shows={"wall": ("name", "code", "households", "area_m2")},
    provenance=Provenance(T("社区网格图", "Community grid map"), licence="as imported; demo: Apache-2.0"),
)
