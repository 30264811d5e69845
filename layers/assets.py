"""Hydrants and gas valves: what the fire brigade and the gas company look for first."""

from twin.spec import Column, Drill, Icons, Layer, Provenance, T

WORDS = {"hydrant": T("消火栓", "Hydrant"), "gas_valve": T("燃气阀门", "Gas valve")}

LAYER = Layer(
    id="assets",
    title=T("消火栓与燃气阀门", "Hydrants and gas valves"),
    group="safety",
    order=41,
    on=False,
    sql="SELECT * FROM asset_at($at, $clearance) WHERE kind IN ('hydrant', 'gas_valve')",
    key="id",
    columns=(
        Column("name", T("名称", "Name")),
        Column("kind", T("类别", "Kind"), kind="state", states=WORDS),
    ),
    style=Icons("kind", {kind: (kind, words) for kind, words in WORDS.items()}, size=0.5),
    drill=Drill(by="building_id"),
    shows={"wall": ("name", "kind", "building_id")},
    provenance=Provenance(T("部件普查", "Survey of street assets"), licence="as imported; demo: Apache-2.0"),
)
