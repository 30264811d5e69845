"""The fonts hold what screens write, in the forms people here read."""

import json
from pathlib import Path

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from twin.ui import fonts


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    fonts.build_fonts(home)
    return home


def drawn(font: TTFont, sign: str) -> list[object]:
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[font.getBestCmap()[ord(sign)]].draw(pen)
    return pen.value


def source(weight: str) -> TTFont:
    found = next(one for one in fonts.WEIGHTS if one.name == weight)
    return TTFont(fonts._source(found), lazy=True)


def test_level_one_and_two_are_the_standards_characters() -> None:
    assert len(fonts.gb2312(1)) == 3755
    assert len(fonts.gb2312(2)) == 3008
    assert not set(fonts.gb2312(1)) & set(fonts.gb2312(2))


def test_the_first_file_holds_what_screens_write(built: Path) -> None:
    for weight in ("regular", "bold"):
        known = TTFont(built / f"twin-sans-{weight}.woff2").getBestCmap()
        missing = [sign for sign in fonts.first_set() if ord(sign) not in known]
        # Latin-1's soft hyphen and a few signs have no glyph in the source either.
        assert set(missing) <= {"\u00ad", "✓", "✕", "↖", "↗", "↘", "↙"}, missing


def test_han_stand_in_their_mainland_forms(built: Path) -> None:
    made = TTFont(built / "twin-sans-regular.woff2")
    origin = source("regular")
    forms = fonts._mainland_forms(origin)
    glyphs = origin.getGlyphSet()
    cmap = origin.getBestCmap()
    for sign in "骨感警板角":
        wanted = DecomposingRecordingPen(glyphs)
        glyphs[forms.get(cmap[ord(sign)], cmap[ord(sign)])].draw(wanted)
        assert drawn(made, sign) == wanted.value
    assert drawn(made, "骨") != drawn(origin, "骨")


def test_a_second_call_builds_nothing(built: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in fonts.build_fonts(built)}
    assert {path: path.stat().st_mtime_ns for path in fonts.build_fonts(built)} == before
    assert len(before) == 4


def test_a_lost_file_and_a_spoilt_receipt_are_made_again(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(fonts, "_subset", lambda path, text: made.append(path.name) or b"woff2 again")
    folder = built
    keep = {path: path.read_bytes() for path in folder.iterdir()}
    (folder / "regular.json").write_text("{half a rec")
    (folder / "twin-sans-two-bold.woff2").unlink()
    try:
        fonts.build_fonts(built)
        assert len(made) == 4
        assert (folder / "twin-sans-two-bold.woff2").read_bytes() == b"woff2 again"
        assert json.loads((folder / "regular.json").read_text())["recipe"] == fonts.RECIPE
    finally:
        for path, content in keep.items():
            path.write_bytes(content)


def test_each_weight_stays_small_enough_for_the_walls_budget(built: Path) -> None:
    for weight in ("regular", "bold"):
        assert (built / f"twin-sans-{weight}.woff2").stat().st_size < 700_000
