"""Places of daily life and of help, by category."""

from twin.spec import Column, Drill, Icons, Layer, Provenance, T

KINDS = {
    "party_centre": ("star", T("党群服务中心", "Party and service centre")),
    "clinic": ("cross", T("卫生服务站", "Clinic")),
    "pharmacy": ("pill", T("药店", "Pharmacy")),
    "school": ("book", T("学校", "School")),
    "kindergarten": ("blocks", T("幼儿园", "Kindergarten")),
    "childcare_place": ("blocks", T("托育点", "Childcare")),
    "elder_care": ("heart", T("养老服务", "Elder care")),
    "canteen": ("bowl", T("社区食堂", "Canteen")),
    "market": ("basket", T("菜市场", "Market")),
    "mall": ("bag", T("商场", "Mall")),
    "police": ("shield", T("警务室", "Police post")),
    "fire_station": ("drop", T("微型消防站", "Fire post")),
    "hydrant": ("drop", T("消火栓", "Hydrant")),
    "aed": ("bolt", T("AED", "AED")),
    "culture": ("music", T("文化活动", "Culture")),
    "library": ("book", T("图书室", "Library")),
    "sports": ("ball", T("运动场", "Sports")),
    "park": ("tree", T("公园", "Park")),
    "toilet": ("people", T("公共厕所", "Toilet")),
    "parking": ("parking", T("停车场", "Parking")),
    "charging": ("bolt", T("充电", "Charging")),
    "bus_stop": ("bus", T("公交站", "Bus stop")),
    "parcel": ("box", T("快递", "Parcels")),
    "convenience": ("bag", T("便利店", "Convenience store")),
    "restaurant": ("bowl", T("餐馆", "Restaurant")),
    "shelter": ("tent", T("避难场所", "Shelter")),
}

LAYER = Layer(
    id="facilities",
    title=T("便民设施", "Facilities"),
    group="service",
    order=40,
    sql="""SELECT id, category, name, building_id, storey_ordinal, x_m, y_m, z_m, opening_hours, accessible
           FROM facility_at($at, $clearance)""",
    key="id",
    columns=(
        Column("name", T("名称", "Name")),
        Column(
            "category", T("类别", "Kind"), kind="state", states={k: name for k, (_, name) in KINDS.items()}
        ),
        Column("opening_hours", T("开放时间", "Opening hours")),
    ),
    style=Icons("category", KINDS),
    drill=Drill(by="building_id", storey="storey_ordinal"),
    shows={"wall": ("name", "category", "opening_hours", "building_id")},
    provenance=Provenance(T("社区设施清单", "Community facilities"), licence="as imported; demo: Apache-2.0"),
)
