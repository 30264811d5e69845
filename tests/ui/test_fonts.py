"""The fonts hold what screens write, in the forms people here read."""

import json
import shutil
from pathlib import Path

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from twin.ui import fonts


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What set-up built, in a folder that a test may spoil; made here where set-up has not run."""
    folder = tmp_path_factory.mktemp("fonts")
    if fonts.shared_dir().is_dir():
        shutil.copytree(fonts.shared_dir(), folder, dirs_exist_ok=True)
    fonts.build_fonts(folder)
    return folder


def drawn(font: TTFont, sign: str) -> list[object]:
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[font.getBestCmap()[ord(sign)]].draw(pen)
    return pen.value


def source(weight: str) -> TTFont:
    found = next(one for one in fonts.WEIGHTS if one.name == weight)
    return TTFont(fonts._source(found), lazy=True)


def test_level_one_and_two_are_the_standards_characters() -> None:
    assert len(fonts.gb2312(fonts.COMMON_ROWS)) == 3755
    assert len(fonts.gb2312(fonts.RARE_ROWS)) == 3008
    assert not set(fonts.gb2312(fonts.COMMON_ROWS)) & set(fonts.gb2312(fonts.RARE_ROWS))


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
    assert len(before) == 2 * (1 + len(fonts.RARE_ROWS))


def test_a_lost_file_and_a_spoilt_receipt_are_made_again(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def subset(path: Path, text: str, **_: object) -> bytes:
        made.append(path.name)
        return b"woff2 again"

    monkeypatch.setattr(fonts, "_subset", subset)
    folder = built
    before = fonts.build_fonts(folder)
    keep = {path: path.read_bytes() for path in folder.iterdir()}
    (folder / "regular.json").write_text("{half a rec")
    (folder / "twin-sans-60-bold.woff2").unlink()
    try:
        fonts.build_fonts(built)
        assert len(made) >= len(before)
        assert (folder / "twin-sans-60-bold.woff2").read_bytes() == b"woff2 again"
        assert json.loads((folder / "regular.json").read_text())["recipe"] == fonts.RECIPE
    finally:
        for path, content in keep.items():
            path.write_bytes(content)


def test_each_weight_stays_small_enough_for_the_walls_budget(built: Path) -> None:
    for weight in ("regular", "bold"):
        assert (built / f"twin-sans-{weight}.woff2").stat().st_size < 700_000


def test_rare_characters_come_in_small_files_each_in_the_one_its_face_names(built: Path) -> None:
    sheet = fonts.stylesheet()
    assert sheet.count("@font-face") == 2 * (1 + len(fonts.RARE_ROWS))
    for sign in "薇枇杷浣锦":
        faces = [face for face in sheet.splitlines() if f"U+{ord(sign):X}," in face.replace(";", ",")]
        if sign in fonts.gb2312(fonts.COMMON_ROWS):
            assert not faces
            continue
        assert len(faces) == 2
        for face in faces:
            file = built / face.split("/fonts/")[1].split('"')[0]
            assert ord(sign) in TTFont(file).getBestCmap()
            assert file.stat().st_size < 40_000
