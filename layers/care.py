"""Households in care by general grid and level, as they may be told: never a home, fewer than 5 as “<5”."""

from twin.spec import Chips, Column, Layer, Provenance, T

LAYER = Layer(
    id="care",
    title=T("关爱家庭（按一般网格）", "Households in care by general grid"),
    group="care",
    order=80,
    on=False,
    sql="""SELECT *, level_name || ' ' || households_told AS chip
           FROM care_count_at($at, $clearance) WHERE tier = 2""",
    key="id",
    columns=(
        Column("name", T("一般网格", "General grid")),
        Column("level_name", T("关爱等级", "Level of care")),
        Column("households_told", T("户数", "Households")),
    ),
    style=Chips("grid_id", "chip", "colour", "level_name", "level_name_en", "rank"),
    shows={"wall": ("name", "level_name", "households_told", "chip", "colour")},
    provenance=Provenance(T("关爱台账", "Register of care"), licence="operator's own; demo: Apache-2.0"),
)
