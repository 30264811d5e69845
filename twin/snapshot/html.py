"""One HTML file that draws the scene anywhere and asks nobody: its own policy forbids every connection."""

import base64
import hashlib
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import escape
from pathlib import Path
from typing import Any

import orjson

from twin.snapshot.fonts import faces
from twin.snapshot.modules import bundled, finder

OWN = Path(__file__).parent / "page"
PLACE_TIME = timezone(timedelta(hours=8))
STYLES = ("tokens.css", "wall.css")
ICONS = "icons.png"
# Names of vocabularies, never fetched; every other address in a library is made unusable.
FOREIGN = re.compile(rb"https?://(?=[\w$\[])(?!www\.w3\.org/)")
FACE = re.compile(r"@font-face\s*\{[^}]*\}|/\*.*?\*/", re.DOTALL)
PROGRAM = """(async () => {
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const Date = class extends globalThis.Date { static now() { return data.as_of_ms; } };
%(first)s
const image = new Image();
image.src = data.icons;
await image.decode();
const icons = await createImageBitmap(image);
const deck = $offline.withIcons(globalThis.deck, icons);
const { fetch } = $offline.createOffline(data);
const stream = $offline.createStill({ frames: data.frames, rosters: data.rosters, decode: $frame.decode });
const { glass } = data;
%(rest)s
})();
"""


@dataclass(frozen=True, slots=True)
class Look:
    """The page's material, handed down by whoever owns it: modules and styles, fonts by weight, the glass."""

    assets: Path
    fonts: Mapping[int, Path]
    glass: Mapping[str, float]
    lang: str = "zh"


def page(answers: Mapping[str, Any], as_of: datetime, look: Look) -> bytes:
    """The whole file, UTF-8."""
    community = answers["scene"]["community"]
    icons = base64.b64encode((look.assets / ICONS).read_bytes()).decode()
    data = {
        **answers,
        "as_of_ms": int(as_of.timestamp() * 1000),
        "icons": f"data:image/png;base64,{icons}",
        "glass": dict(look.glass),
    }
    text = orjson.dumps(data).decode()
    shell = (OWN / "page.html").read_text(encoding="utf-8")
    words = f"{as_of.astimezone(PLACE_TIME):%Y-%m-%d %H:%M:%S} UTC+8"
    scripts = {"bundle": _bundle(), "program": _program(look.assets)}
    fill = {
        **scripts,
        "lang": "zh-CN" if look.lang == "zh" else "en",
        "policy": _policy(scripts.values()),
        "title": escape(f"{community['name'] or '—'} · 快照 Snapshot · {words}"),
        "style": faces(look.fonts, text + shell) + _style(look.assets),
        "real": "" if community["demo"] else " hidden",
        "as_of": as_of.isoformat(),
        "as_of_words": words,
        # Within a script element only this sign could end it.
        "data": text.replace("<", "\\u003c"),
    }
    return re.sub(r"\{(\w+)\}", lambda found: fill[found[1]], shell).encode()


def _policy(scripts: Any) -> str:
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "font-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _bundle() -> str:
    """pydeck's deck.gl, with every address it could fetch from made unusable."""
    spec = importlib.util.find_spec("pydeck")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("pydeck is not installed: run `make setup`.")
    source = Path(spec.origin).parent / "nbextension" / "static" / "index.js"
    plain = source.read_bytes().split(b"\n//# sourceMappingURL=")[0]
    return _scriptable(FOREIGN.sub(b"offline://", plain).decode())


def _program(assets: Path) -> str:
    find = finder(OWN, assets)
    first = bundled(("offline", "frame"), find)
    every = bundled(("offline", "frame", "main"), find)
    return _scriptable(PROGRAM % {"first": first, "rest": every.removeprefix(first)})


def _scriptable(code: str) -> str:
    """Inside an inline script neither of these may stand; newlines as the browser will hash them."""
    return code.replace("\r\n", "\n").replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _style(assets: Path) -> str:
    texts = [(assets / name).read_text(encoding="utf-8") for name in STYLES]
    return FACE.sub("", "\n".join([*texts, (OWN / "page.css").read_text(encoding="utf-8")]))
