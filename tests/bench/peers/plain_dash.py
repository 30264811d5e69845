"""The peer: a live map as Dash's and pydeck's documentation have it, an Interval and a full spec each tick.

Settings from the documentation: `dcc.Interval(interval=1000)` → a callback that builds a `pydeck.Deck` from a
DataFrame and returns `deck.to_json()`; served by gunicorn with one worker and threads, like the twin.
"""

import os

import numpy as np
import pandas as pd
import pydeck
from dash import Dash, Input, Output, dcc, html

POINTS = int(os.environ.get("POINTS", "5000"))
rng = np.random.default_rng(1)
frame = pd.DataFrame(
    {
        "lon": 104.12 + rng.random(POINTS) * 0.011,
        "lat": 30.66 + rng.random(POINTS) * 0.010,
        "state": rng.choice(["normal", "stale", "offline"], POINTS),
    }
)
COLOURS = {"normal": [95, 159, 179], "stale": [120, 120, 120], "offline": [70, 70, 70]}

app = Dash(__name__)
app.layout = html.Div([dcc.Interval(id="tick", interval=1000), dcc.Store(id="spec")])
server = app.server


@app.callback(Output("spec", "data"), Input("tick", "n_intervals"))
def spec(n: int | None) -> str:
    """One device has another state each tick; the whole picture is built and sent again."""
    frame.loc[(n or 0) % POINTS, "state"] = "offline" if (n or 0) % 2 else "normal"
    rows = frame.assign(color=frame["state"].map(COLOURS))
    layer = pydeck.Layer(
        "ScatterplotLayer",
        rows,
        get_position=["lon", "lat"],
        get_fill_color="color",
        get_radius=2,
        pickable=True,
    )
    view = pydeck.ViewState(longitude=104.1206, latitude=30.6655, zoom=15, pitch=50)
    return str(pydeck.Deck(layers=[layer], initial_view_state=view, map_provider=None).to_json())
