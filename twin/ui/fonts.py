"""The screens' fonts: Noto Sans CJK from its wheels, in mainland forms, as small woff2 files built once."""

import importlib.metadata
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

# Changes when the recipe changes, so that files of an older recipe are built again.
RECIPE = 2
# Signs that screens and labels use beside GB 2312, ASCII and Latin-1 letters.
SIGNS = "←↑→↓↖↗↘↙◆◇▲△■□●○◎★☆·•…–—‘’“”′″°±×÷≤≥≈²³‰℃№✓✕ⅠⅡⅢⅣⅤ①②③④⑤⑥⑦⑧⑨⑩"


@dataclass(frozen=True, slots=True)
class Weight:
    name: str
    css: int
    distribution: str


WEIGHTS = (
    Weight("regular", 400, "cvttf-notosanscjk-regular"),
    Weight("bold", 700, "cvttf-notosanscjk-bold"),
)


def shared_dir() -> Path:
    """Beside the installed program: what set-up builds there serves every home."""
    return Path(sys.prefix) / "share" / "community-twin" / "fonts"


def fonts_dir(home: Path) -> Path:
    """Where the screens' fonts are: with the program when set-up has built them, else in the home."""
    return (
        shared_dir() if all(_weight_is_built(weight, shared_dir()) for weight in WEIGHTS) else home / "fonts"
    )


# Rows of GB 2312: level 1 by pinyin (3,755 characters), level 2 by radical (3,008).
COMMON_ROWS = range(16, 56)
RARE_ROWS = range(56, 88)


def gb2312(rows: Iterable[int]) -> str:
    raw = (bytes((0xA0 + row, 0xA0 + cell)) for row in rows for cell in range(1, 95))
    return "".join(pair.decode("gb2312", "ignore") for pair in raw)


def first_set() -> str:
    """What nearly every text needs: ASCII, Latin-1, CJK and full-width punctuation, our signs, level 1."""
    spans = ((0x20, 0x7E), (0xA0, 0xFF), (0x3000, 0x301F), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE6))
    return (
        "".join(chr(code) for low, high in spans for code in range(low, high + 1))
        + SIGNS
        + gb2312(COMMON_ROWS)
    )


def fonts_are_built(home: Path) -> bool:
    return all(_weight_is_built(weight, fonts_dir(home)) for weight in WEIGHTS)


def ensure_fonts(home: Path) -> tuple[Path, ...]:
    """The fonts a server of this home needs, built when set-up did not; a second call only looks."""
    return build_fonts(fonts_dir(home))


def build_fonts(folder: Path) -> tuple[Path, ...]:
    """Build what is missing in a folder and return the files.

    Each file appears whole or not at all, so two processes may do this at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        if not _weight_is_built(weight, folder):
            source = _source(weight)
            for path, content in _made(weight, source, folder):
                _replace(path, content)
            _replace(folder / f"{weight.name}.json", json.dumps(_mark(source)).encode())
    return tuple(path for weight in WEIGHTS for path in _files(weight, folder))


def _files(weight: Weight, folder: Path) -> tuple[Path, ...]:
    rare = (folder / f"twin-sans-{row}-{weight.name}.woff2" for row in RARE_ROWS)
    return folder / f"twin-sans-{weight.name}.woff2", *rare


def _made(weight: Weight, source: Path, folder: Path) -> Iterator[tuple[Path, bytes]]:
    """The common file, then a small one for each row of rare characters: few names need more."""
    common, *rare = _files(weight, folder)
    yield common, _subset(source, first_set())
    with tempfile.NamedTemporaryFile(suffix=".otf") as whole:
        whole.write(_subset(source, gb2312(RARE_ROWS), flavor=None))
        whole.flush()
        for path, row in zip(rare, RARE_ROWS, strict=True):
            yield path, _subset(Path(whole.name), gb2312([row]), mainland=False)


def stylesheet() -> str:
    """The font faces; a row of rare characters is fetched only by a page that holds one of them."""
    faces = []
    for weight in WEIGHTS:
        faces.append(_face(weight, f"twin-sans-{weight.name}", None))
        faces += [_face(weight, f"twin-sans-{row}-{weight.name}", gb2312([row])) for row in RARE_ROWS]
    return "\n".join(faces) + "\n"


def _face(weight: Weight, name: str, text: str | None) -> str:
    within = "" if text is None else f"unicode-range:{','.join(f'U+{ord(sign):X}' for sign in text)};"
    return (
        f'@font-face{{font-family:"Twin Sans";font-weight:{weight.css};font-display:block;{within}'
        f'src:url("/fonts/{name}.woff2") format("woff2")}}'
    )


def _mark(source: Path) -> dict[str, object]:
    return {"recipe": RECIPE, "source": source.name, "bytes": source.stat().st_size}


def _weight_is_built(weight: Weight, folder: Path) -> bool:
    receipt = folder / f"{weight.name}.json"
    return receipt.is_file() and _is_built(receipt, _mark(_source(weight)), _files(weight, folder))


def _is_built(receipt: Path, mark: dict[str, object], files: tuple[Path, ...]) -> bool:
    if not receipt.is_file() or not all(path.is_file() and path.stat().st_size for path in files):
        return False
    try:
        return bool(json.loads(receipt.read_text()) == mark)
    except ValueError:
        return False


def _source(weight: Weight) -> Path:
    files = importlib.metadata.files(weight.distribution) or []
    for file in files:
        path = Path(str(file.locate()))
        if path.suffix == ".otf" and path.is_file():
            return path
    raise FileNotFoundError(f"{weight.distribution} holds no .otf file: run `make setup` again.")


def _subset(source: Path, text: str, *, flavor: str | None = "woff2", mainland: bool = True) -> bytes:
    font = TTFont(source, lazy=True)
    if mainland:
        _take_mainland_forms(font)
    options = subset.Options()
    options.flavor = flavor
    # Vertical forms and foreign alternates are a third of the bytes, and no screen uses them.
    options.layout_features = ["kern", "halt", "palt"]
    options.desubroutinize = False
    options.hinting = False
    options.name_IDs = [0, 1, 2, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    shrink = subset.Subsetter(options)
    shrink.populate(text=text)
    shrink.subset(font)
    with tempfile.TemporaryFile() as out:
        subset.save_font(font, out, options)
        out.seek(0)
        return out.read()


def _take_mainland_forms(font: TTFont) -> None:
    """Copy `locl` for ZHS into the cmap: the wheel holds Taiwan's forms, and a canvas applies no `lang`."""
    forms = _mainland_forms(font)
    for table in font["cmap"].tables:
        if table.isUnicode() and hasattr(table, "cmap"):
            for code, glyph in list(table.cmap.items()):
                table.cmap[code] = forms.get(glyph, glyph)


def _mainland_forms(font: TTFont) -> dict[str, str]:
    gsub = font["GSUB"].table
    forms: dict[str, str] = {}
    for script in gsub.ScriptList.ScriptRecord:
        if script.ScriptTag != "hani":
            continue
        for language in script.Script.LangSysRecord:
            if language.LangSysTag.strip() != "ZHS":
                continue
            for index in language.LangSys.FeatureIndex:
                feature = gsub.FeatureList.FeatureRecord[index]
                if feature.FeatureTag == "locl":
                    for lookup in feature.Feature.LookupListIndex:
                        for step in gsub.LookupList.Lookup[lookup].SubTable:
                            forms.update(getattr(step, "ExtSubTable", step).mapping)
    if not forms:
        raise ValueError("the font has no mainland (ZHS) forms: another font file than the locked one?")
    return forms


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)


if __name__ == "__main__":
    build_fonts(shared_dir())
