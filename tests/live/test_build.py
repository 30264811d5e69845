"""The build id: the same for the same sources, another as soon as one of them changes."""

from pathlib import Path

import twin
from twin.live.build import build_id


def test_a_changed_script_style_or_query_is_another_build(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("a.py", "deep/b.js", "c.css", "d.sql"):
        (tmp_path / name).write_text("1")
    first = build_id([tmp_path])
    assert first.startswith(f"{twin.__version__}+")
    assert build_id([tmp_path]) == first
    for name in ("a.py", "deep/b.js", "c.css", "d.sql"):
        (tmp_path / name).write_text("2")
        changed = build_id([tmp_path])
        assert changed != first, name
        first = changed


def test_what_is_not_served_changes_no_build(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    before = build_id([tmp_path])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"\0")
    (tmp_path / "notes.md").write_text("x")
    assert build_id([tmp_path]) == before


def test_a_file_that_only_moved_is_another_build(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    before = build_id([tmp_path])
    (tmp_path / "a.js").rename(tmp_path / "b.js")
    assert build_id([tmp_path]) != before
