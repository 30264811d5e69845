"""Households in care by micro grid and level; the wall gets a grid only from five such households on."""

from twin.spec import Chips, Column, Layer, Provenance, T

LAYER = Layer(
    id="care_micro",
    title=T("关爱家庭（按微网格）", "Households in care by micro grid"),
    group="care",
    order=81,
    on=False,
    sql="""SELECT *, level_name || ' ' || households_told AS chip
           FROM care_count_at($at, $clearance) WHERE tier = 3""",
    key="id",
    columns=(
        Column("name", T("微网格", "Micro grid")),
        Column("level_name", T("关爱等级", "Level of care")),
        Column("households_told", T("户数", "Households")),
    ),
    style=Chips("grid_id", "chip", "colour", "level_name", "level_name_en", "rank", size=0.8, min_zoom=16),
    shows={"wall": ("name", "level_name", "households_told", "chip", "colour")},
    provenance=Provenance(T("关爱台账", "Register of care"), licence="operator's own; demo: Apache-2.0"),
)
