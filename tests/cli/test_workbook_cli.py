"""The workbook from the command line: exit codes, sentences, the template without a twin."""

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import twin
from tests.ingest_workbook.lists import BOUNDS, CODE12, lists, write_xlsx


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    box = ",".join(str(side) for side in BOUNDS)
    assert twin("init", "--code", CODE12, "--bounds", box, home=made).returncode == 0
    return made


def test_the_template_needs_no_twin(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    ran = twin("import", "--template", str(path), "--empty", home=tmp_path / "home")
    assert (ran.returncode, path.is_file()) == (0, True)
    again = twin("import", "--template", str(path), "--empty", home=tmp_path / "home")
    assert again.returncode == 2
    assert "exists" in again.stderr
    assert not (tmp_path / "home").exists()


def test_a_workbook_goes_in_and_comes_out(home: Path, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "lists.xlsx", lists())
    ran = twin("import", "workbook", str(path), "--demo", "--json", home=home)
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert report["written"] and report["sheets"][0] == {
        "sheet": "compounds", "read": 1, "added": 1, "changed": 0, "unchanged": 0, "rejected": 0, "mended": 0,
        "staying": 0,
    }  # fmt: skip
    out = twin("export", "workbook", str(tmp_path / "out"), home=home)
    assert out.returncode == 0, out.stderr
    assert "masked" in out.stdout
    assert (tmp_path / "out" / "居民.csv").is_file()


def test_all_or_nothing_ends_with_one_and_a_refused_file_with_two(home: Path, tmp_path: Path) -> None:
    bad = lists()
    bad["units"][0]["storey"] = 77
    path = write_xlsx(tmp_path / "bad.xlsx", bad)
    ran = twin("import", "workbook", str(path), "--all-or-nothing", home=home)
    assert ran.returncode == 1
    assert "nothing was written" in ran.stdout
    refused = twin("import", "workbook", str(tmp_path / "none.xlsx"), home=home)
    assert refused.returncode == 2
    assert "There is no file" in refused.stderr


def test_a_group_without_a_verb_shows_its_help(tmp_path: Path) -> None:
    ran = twin("import", home=tmp_path / "home")
    assert "workbook" in ran.stdout and "--template" in ran.stdout
