"""What whoever imports a file decides, and how the importer says no."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from twin.model.places import DEFAULT_STOREY_HEIGHT_M

# How far the import is: rows read, and all rows when that is known.
Progress = Callable[[int, int | None], None]

# What `--map` may name, and the field names taken without being told (compared without case).
_KNOWN = {
    "id": "id osm_id uuid guid gml_id building_id buildingid bldg_id 编号",
    "storeys": "storeys floor floors storey stories levels num_floors numfloors floor_num floornum "
    "building:levels building_levels storeysaboveground 层数 楼层 楼层数 地上层数",
    "storeys_below": "storeys_below building:levels:underground storeysbelowground 地下层数",
    "height": "height height_m building_height bldg_height 高度 建筑高度 楼高",
    "name": "name 名称 楼名 建筑名称",
    "address": "address addr addr:full 地址 门牌 门牌地址",
    "use": "use usage building 用途 建筑用途 使用性质",
}
FIELDS: Mapping[str, tuple[str, ...]] = {key: tuple(words.split()) for key, words in _KNOWN.items()}
# `layer` is not a field: it says which layer of a file with several.
MAP_KEYS = (*FIELDS, "layer")


class ImportRefused(Exception):
    """The whole file is refused and nothing was written; the text is the reason and the remedy."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason, self.remedy = reason, remedy


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`mapping` is key of FIELDS → field of the file. `default_storeys` None rejects the unknown."""

    crs: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False
    demo: bool = False
    default_storeys: int | None = None
    storey_height_m: float = DEFAULT_STOREY_HEIGHT_M

    def check(self) -> None:
        """Raises ImportRefused for a key of `mapping` that means nothing."""
        for key in self.mapping:
            if key not in MAP_KEYS:
                known = ", ".join(MAP_KEYS)
                raise ImportRefused(f"--map knows no {key!r}.", f"It may name: {known}.")
        if not 2.0 <= self.storey_height_m <= 10.0:
            raise ImportRefused(
                f"A storey height of {self.storey_height_m} m is not one.", "Give metres between 2 and 10."
            )
