"""Settings: environment before file, and sentences for what cannot be used."""

from pathlib import Path

import pytest

from twin.settings import SettingsError, load_settings, settings_table

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("TWIN_HOME", "TWIN_PORT", "TWIN_HOST", "TWIN_CONFIG", "TWIN_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_the_environment_wins_over_the_file(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare / "twin.toml").write_text("port = 8111\nlang = 'en'\n")
    monkeypatch.setenv("TWIN_PORT", "8222")
    settings = load_settings()
    assert (settings.port, settings.lang) == (8222, "en")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("port = \n", ("twin.toml", "not valid TOML")),
        ("port = 'many'\n", ("twin.toml", "key port", "integer")),
        ("prot = 1\n", ("prot", "no such setting", "port")),
        ("port = 99999\n", ("key port", "65535")),
    ],
)
def test_a_broken_file_is_explained(bare: Path, text: str, words: tuple[str, ...]) -> None:
    (bare / "twin.toml").write_text(text)
    with pytest.raises(SettingsError) as told:
        load_settings()
    for word in words:
        assert word in str(told.value)


def test_a_file_in_another_encoding_is_explained(bare: Path) -> None:
    (bare / "twin.toml").write_bytes("# 社区\nport = 8111\n".encode("gbk"))
    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings()


def test_a_misspelt_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_PROT", "1")
    with pytest.raises(SettingsError, match="TWIN_PORT"):
        load_settings()


def test_the_documented_table_is_the_generated_one() -> None:
    assert settings_table() in (ROOT / "docs" / "settings.md").read_text()


def test_no_lock_names_an_address() -> None:
    for lock in (ROOT / ".locks").iterdir():
        text = lock.read_text()
        assert "://" not in text
        assert "--index-url" not in text
        assert "--hash=sha256:" in text
