"""The characters of one page as fonts inside it, so that names read the same on any machine."""

import base64
import io
from collections.abc import Mapping
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ASCII = "".join(chr(code) for code in range(0x20, 0x7F))


def faces(fonts: Mapping[int, Path], text: str) -> str:
    """`@font-face` rules for each weight whose file is there; what it lacks the reader's system draws."""
    signs = "".join(sorted({*ASCII, *text}))
    return "".join(_face(weight, path, signs) for weight, path in sorted(fonts.items()) if path.is_file())


def _face(weight: int, path: Path, signs: str) -> str:
    source = f"url(data:font/woff2;base64,{base64.b64encode(_subset(path, signs)).decode()}) format('woff2')"
    return f'@font-face{{font-family:"Twin Sans";font-weight:{weight};src:{source}}}\n'


def _subset(path: Path, signs: str) -> bytes:
    options = Options(flavor="woff2", layout_features=[], notdef_outline=True)
    with TTFont(path, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(text=signs)
        subsetter.subset(font)
        font.flavor = "woff2"
        file = io.BytesIO()
        font.save(file)
    return file.getvalue()
