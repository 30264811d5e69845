"""The HTML shell of both Dash apps: our styles and modules beside Dash's own tags, no inline script."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
# The scene stands outside React's root: Dash never touches the canvas, the picture does not wait for Dash.
_SHELL = """<!DOCTYPE html>
<html lang="{lang}" data-screen="{screen}" {profile}>
<head>
{{%metas%}}
<title>{{%title%}}</title>
<link rel="icon" href="/static/twin/icon.svg" type="image/svg+xml">
{fonts}
{styles}
{{%css%}}
<script src="/static/deck.js" defer></script>
<script type="module" src="/static/twin/{module}"></script>
</head>
<body>
<div id="scene" aria-hidden="true"></div>
{{%app_entry%}}
<footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Profile:
    """The glass: millimetres per pixel in height, pixels in height, reading distance."""

    mm_per_px: float
    height_px: int
    distance_m: float


def index_string(
    screen: str, module: str, styles: Sequence[str], lang: str = "zh", profile: Profile | None = None
) -> str:
    """Dash's index page for `screen` ("wall" or "desk"); `profile` makes rem follow the glass."""
    links = "\n".join(f'<link rel="stylesheet" href="/static/twin/{escape(name)}">' for name in styles)
    fonts = "\n".join(
        f'<link rel="preload" href="/fonts/twin-sans-{name}.woff2" as="font" type="font/woff2" crossorigin>'
        for name in ("regular", "bold")
    )
    fonts += '\n<link rel="stylesheet" href="/fonts/fonts.css">'
    glass = (
        f'data-mm-per-px="{profile.mm_per_px}" data-height-px="{profile.height_px}" '
        f'data-distance-m="{profile.distance_m}"'
        if profile
        else ""
    )
    return _SHELL.format(
        lang="zh-CN" if lang == "zh" else "en",
        screen=escape(screen),
        profile=glass,
        fonts=fonts,
        styles=links,
        module=escape(module),
    )
