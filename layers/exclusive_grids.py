"""Exclusive grids (专属网格): a school or a mall that answers for its own ground."""

from twin.spec import Column, Fixed, Label, Layer, Outlines, Provenance, T

LAYER = Layer(
    id="exclusive_grids",
    title=T("专属网格", "Exclusive grids"),
    group="grid",
    order=33,
    sql="""SELECT id, name, code, type, area_m2, geom_wkb, x_m, y_m
           FROM grid_at($at, $clearance) WHERE kind = 'exclusive'""",
    key="id",
    columns=(
        Column("name", T("责任单位", "Answerable body")),
        Column("code", T("编码", "Code")),
        Column(
            "type",
            T("类型", "Type"),
            kind="state",
            states={"institution": T("企事业单位", "Institution"), "shops": T("商业店铺", "Shops")},
        ),
        Column("area_m2", T("面积", "Area"), kind="number", unit="m²"),
    ),
    style=Outlines(
        color=Fixed((138, 146, 132), T("专属网格边界", "Exclusive grid border"), alpha=150),
        width_m=1.2,
        min_px=1.0,
        label=Label("name", rgb=(184, 192, 178), scale=0.9, rank=40),
    ),
    on=False,
    shows={"wall": ("name", "code", "type", "area_m2")},
    provenance=Provenance(T("社区网格图", "Community grid map"), licence="as imported; demo: Apache-2.0"),
)
