"""Every figure on a screen has a fact behind its name: a misspelt one would say 无数据 for ever."""

import json
import re
from typing import Any

from plotly.utils import PlotlyJSONEncoder

from twin.model.clearance import DESK, WALL
from twin.settings import Settings
from twin.ui.board import board
from twin.ui.panels.overview import board_panels
from twin.ui.services import Services
from twin.ui.wall import layout as wall_layout

NAME = re.compile(r'"data-fact": "([^"]+)"')


def _names(layout: Any) -> set[str]:
    return set(NAME.findall(json.dumps(layout, cls=PlotlyJSONEncoder)))


def test_every_figure_of_wall_and_desk_is_a_fact_of_the_board(services: Services, settings: Settings) -> None:
    for clearance, layout in ((DESK, board_panels("zh")), (WALL, wall_layout())):
        names = _names(layout)
        assert len(names) > 3
        kinds = {name for name in names if name.startswith("devices.") and name.count(".") == 2}
        facts = set(board(services, clearance)["facts"])
        assert names - kinds <= facts
