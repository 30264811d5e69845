"""Every building with its storeys; the way in to storey and unit."""

from twin.spec import Column, Drill, Fixed, Label, Layer, Provenance, Solids, States, T

TONES = {
    "walkup": Fixed((92, 104, 117), T("多层", "Walk-up")),
    "tower": Fixed((110, 124, 139), T("高层", "Tower")),
    "podium": Fixed((70, 80, 90), T("裙楼", "Podium")),
    "public": Fixed((104, 112, 112), T("公共服务", "Public service")),
    "minor": Fixed((80, 89, 98), T("商办与附属", "Offices and outbuildings")),
}

LAYER = Layer(
    id="buildings",
    title=T("楼栋", "Buildings"),
    group="base",
    order=20,
    sql="""SELECT id, name, address, compound_name, storeys_above, height_m, base_m, geom_wkb, x_m, y_m,
             storeys_derived, height_derived, imported_at AS seen_at, provenance = 'demo' AS furnished,
             CASE WHEN use IN ('school', 'kindergarten', 'clinic', 'party_centre', 'market') THEN 'public'
                  WHEN form = 'public' THEN 'minor' ELSE form END AS tone,
             CASE WHEN use IN ('school', 'kindergarten', 'clinic', 'party_centre', 'mall', 'market')
                  THEN name END AS landmark
           FROM building_at($at, $clearance)""",
    key="id",
    columns=(
        Column("name", T("楼栋", "Building")),
        Column("address", T("地址", "Address")),
        Column("compound_name", T("小区", "Compound")),
        Column("storeys_above", T("层数", "Storeys"), kind="number"),
        Column("height_m", T("高度", "Height"), kind="number", unit="m"),
    ),
    style=Solids(
        color=States("tone", TONES, Fixed((92, 104, 117), T("其他", "Other"))),
        label=Label("landmark", rgb=(226, 232, 238), rank=30),
    ),
    drill=Drill(by="id"),
    shows={"wall": ("name", "address", "compound_name", "storeys_above", "height_m", "tone", "landmark")},
    provenance=Provenance(T("楼栋底数", "Building survey"), licence="as imported; demo: Apache-2.0"),
)
