"""Trees along streets and in greens."""

from twin.spec import Fixed, Layer, Provenance, T, Trees

LAYER = Layer(
    id="trees",
    title=T("树木", "Trees"),
    group="base",
    order=25,
    sql="SELECT id, geom_wkb FROM ground_at($at, $clearance) WHERE kind = 'tree'",
    key="id",
    columns=(),
    style=Trees(Fixed((52, 76, 62), T("树木", "Tree"))),
    shows={"wall": ()},
    provenance=Provenance(T("社区底图", "Community base map"), licence="as imported; demo: Apache-2.0"),
)
