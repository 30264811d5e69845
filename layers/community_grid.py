"""The community's own border, which is its first tier of grid."""

from twin.spec import Column, Fixed, Layer, Outlines, Provenance, T

LAYER = Layer(
    id="community_grid",
    title=T("社区总网格", "Community grid"),
    group="grid",
    order=30,
    sql="""SELECT id, name, code, households, area_m2, geom_wkb, x_m, y_m
           FROM grid_at($at, $clearance) WHERE tier = 1""",
    key="id",
    columns=(
        Column("name", T("网格", "Grid")),
        Column("code", T("编码", "Code")),
        Column("households", T("户数", "Households"), kind="number"),
        Column("area_m2", T("面积", "Area"), kind="number", unit="m²"),
    ),
    style=Outlines(
        color=Fixed((150, 164, 180), T("社区边界", "Community border"), alpha=150),
        width_m=2.4,
        min_px=1.6,
        label=None,
    ),
    on=True,
    shows={"wall": ("name", "code", "households", "area_m2")},
    provenance=Provenance(T("社区网格图", "Community grid map"), licence="as imported; demo: Apache-2.0"),
)
