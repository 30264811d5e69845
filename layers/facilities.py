"""Places of daily life and of help, by category; a category is also its sign's name in the atlas."""

from twin.spec import Column, Drill, Icons, Layer, Provenance, T

WORDS = {
    "party_centre": T("党群服务中心", "Party and service centre"),
    "clinic": T("卫生服务站", "Clinic"),
    "pharmacy": T("药店", "Pharmacy"),
    "elder_care": T("养老服务", "Elder care"),
    "school": T("学校", "School"),
    "kindergarten": T("幼儿园", "Kindergarten"),
    "childcare_place": T("托育点", "Childcare"),
    "market": T("菜市场", "Market"),
    "convenience": T("便利店", "Convenience store"),
    "restaurant": T("餐馆", "Restaurant"),
    "police": T("警务室", "Police post"),
    "park": T("公园", "Park"),
    "parking": T("停车场", "Parking"),
    "charging": T("充电", "Charging"),
    "toilet": T("公共厕所", "Toilet"),
    "parcel": T("快递", "Parcels"),
}
LAYER = Layer(
    id="facilities",
    title=T("便民设施", "Facilities"),
    group="service",
    order=40,
    on=False,
    sql="SELECT * FROM facility_at($at, $clearance)",
    key="id",
    columns=(
        Column("name", T("名称", "Name")),
        Column("category", T("类别", "Kind"), kind="state", states=WORDS),
        Column("opening_hours", T("开放时间", "Opening hours")),
    ),
    style=Icons("category", {kind: (kind, words) for kind, words in WORDS.items()}, size=0.6),
    drill=Drill(by="building_id", storey="storey_ordinal"),
    shows={"wall": ("name", "category", "opening_hours", "building_id")},
    provenance=Provenance(T("社区设施清单", "Community facilities"), licence="as imported; demo: Apache-2.0"),
)
