"""The land: blocks, greens, water and named roads, below everything that stands."""

from twin.spec import Column, Fixed, Label, Layer, Provenance, States, Surfaces, T

KINDS = {
    "land": Fixed((17, 22, 28), T("土地", "Land")),
    "block": Fixed((23, 29, 36), T("街区", "Block")),
    "plaza": Fixed((33, 40, 48), T("广场", "Plaza")),
    "green": Fixed((26, 44, 38), T("绿地", "Green")),
    "parking": Fixed((35, 42, 50), T("停车场", "Car park")),
    "sports": Fixed((38, 52, 50), T("运动场", "Sports ground")),
    "water": Fixed((28, 58, 76), T("水面", "Water")),
    "road": Fixed((44, 52, 61), T("道路", "Road")),
    "bridge": Fixed((56, 65, 75), T("桥", "Bridge")),
}
AT = ("label_x_m", "label_y_m")

LAYER = Layer(
    id="ground",
    title=T("底图", "Ground"),
    group="base",
    order=0,
    sql="SELECT * FROM ground_at($at, $clearance) WHERE kind <> 'tree'",
    key="id",
    columns=(
        Column("name", T("名称", "Name")),
        Column("kind", T("类别", "Kind"), kind="state", states={k: f.name for k, f in KINDS.items()}),
    ),
    style=Surfaces(
        color=States("kind", KINDS, Fixed((23, 29, 36), T("其他", "Other"))),
        plates=("land",),
        kerbed=("road", "bridge"),
        marked={"water": "bank", "bridge": "walls", "sports": "lines", "parking": "bays"},
        label=Label("name", (152, 164, 176), scale=0.9, angle="label_angle_deg", at=AT, rank=60),
    ),
    shows={"wall": ("name", "kind")},
    provenance=Provenance(T("社区底图", "Community base map"), licence="as imported; demo: Apache-2.0"),
)
