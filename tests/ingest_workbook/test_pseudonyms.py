"""The vault's names for people, and many identities at once."""

import pytest

from twin.store import Vault, VaultError


def test_a_pseudonym_lasts_as_long_as_its_key(tmp_path):
    first = Vault(tmp_path / "home", tmp_path / "key").pseudonym("510115006001/resident/R1")
    assert Vault(tmp_path / "other", tmp_path / "key").pseudonym("510115006001/resident/R1") == first
    assert Vault(tmp_path / "home", tmp_path / "key2").pseudonym("510115006001/resident/R1") != first


def test_pseudonyms_of_different_texts_differ(vault):
    texts = [
        f"{community}/{kind}/R{n}" for community in "ab" for kind in ("staff", "resident") for n in range(9)
    ]
    assert len({vault.pseudonym(text) for text in texts}) == len(texts)


def test_many_open_as_one_does_and_the_erased_are_left_out(vault):
    sealed = vault.seal_all({f"p-{n}": {"name": f"张{n}"} for n in range(5)})
    vault.destroy("p-3")
    opened = vault.open_all(sealed)
    assert opened == {f"p-{n}": {"name": f"张{n}"} for n in (0, 1, 2, 4)}
    assert vault.erased() == {"p-3"}


def test_a_value_whose_secret_is_not_there_is_told(vault, tmp_path):
    other = Vault(tmp_path / "elsewhere", tmp_path / "key")
    sealed = other.seal_all({"p-9": {"name": "张"}})
    other.close()
    with pytest.raises(VaultError, match="no secret is known for person p-9"):
        vault.open_all(sealed)
