"""A person's identity opens with that person's own secret, and with nothing once it is destroyed."""

import threading
from pathlib import Path

import pytest

from twin.store import PersonErased, Vault, VaultError

WHO = {"name": "张秀英-CANARY", "phone": "13800138000"}


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "key"


@pytest.fixture
def vault(tmp_path: Path, key_file: Path) -> Vault:
    return Vault(tmp_path / "home", key_file)


def test_what_is_sealed_opens_again_also_after_a_restart(
    vault: Vault, tmp_path: Path, key_file: Path
) -> None:
    blob = vault.seal("p1", WHO)
    assert vault.open("p1", blob) == WHO
    vault.close()
    assert Vault(tmp_path / "home", key_file).open("p1", blob) == WHO


def test_neither_the_value_nor_the_file_of_secrets_holds_the_name(vault: Vault, tmp_path: Path) -> None:
    blob = vault.seal("p1", WHO)
    vault.close()
    for content in (blob, (tmp_path / "home" / "persons.sqlite").read_bytes()):
        assert "张秀英".encode() not in content
        assert b"13800138000" not in content


def test_one_persons_value_does_not_open_as_another(vault: Vault) -> None:
    blob = vault.seal("p1", WHO)
    vault.seal("p2", {"name": "other"})
    with pytest.raises(VaultError):
        vault.open("p2", blob)
    with pytest.raises(VaultError, match="no secret"):
        vault.open("p3", blob)


def test_a_changed_value_is_refused(vault: Vault) -> None:
    blob = bytearray(vault.seal("p1", WHO))
    blob[20] ^= 1
    with pytest.raises(VaultError):
        vault.open("p1", bytes(blob))
    with pytest.raises(VaultError):
        vault.open("p1", b"")


def test_a_destroyed_secret_leaves_every_copy_unreadable(
    vault: Vault, tmp_path: Path, key_file: Path
) -> None:
    blob, other = vault.seal("p1", WHO), vault.seal("p2", WHO)
    secret = vault._secret("p1", make=False)
    row = vault._secrets.execute("SELECT wrapped FROM secret WHERE person_id = 'p1'").fetchone()[0]
    vault.destroy("p1")
    for again in (vault, Vault(tmp_path / "home", key_file)):
        with pytest.raises(PersonErased):
            again.open("p1", blob)
        with pytest.raises(PersonErased):
            again.seal("p1", WHO)
        assert again.open("p2", other) == WHO
        again.close()
    for path in (tmp_path / "home").iterdir():
        assert row not in path.read_bytes(), f"{path.name} still holds the wrapped secret"
        assert secret not in path.read_bytes()


def test_many_are_sealed_with_one_write(vault: Vault) -> None:
    sealed = vault.seal_all({f"p{n}": WHO | {"n": n} for n in range(500)})
    assert vault.open("p321", sealed["p321"])["n"] == 321


def test_one_erased_person_in_many_seals_none(vault: Vault) -> None:
    vault.destroy("p7")
    with pytest.raises(PersonErased):
        vault.seal_all({"p6": WHO, "p7": WHO})
    with pytest.raises(VaultError, match="no secret"):
        vault.open("p6", b"x" * 40)


def test_threads_may_share_a_vault(vault: Vault) -> None:
    blob = vault.seal("p0", WHO)
    wrong: list[object] = []

    def work(number: int) -> None:
        for step in range(20):
            own = vault.seal(f"p{number}-{step}", {"n": number})
            if vault.open(f"p{number}-{step}", own) != {"n": number} or vault.open("p0", blob) != WHO:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_key_file_is_made_for_its_owner_only(vault: Vault, key_file: Path, tmp_path: Path) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "home" / "persons.sqlite").stat().st_mode & 0o777 == 0o600
    key_file.chmod(0o644)
    with pytest.raises(VaultError, match="chmod 600"):
        Vault(tmp_path / "home", key_file)


def test_another_key_file_opens_nothing(vault: Vault, tmp_path: Path) -> None:
    blob = vault.seal("p1", WHO)
    vault.close()
    with pytest.raises(VaultError, match="key"):
        Vault(tmp_path / "home", tmp_path / "other" / "key").open("p1", blob)


@pytest.mark.parametrize("content", ["", "zz", "abcd", "ab" * 31])
def test_a_broken_key_file_is_never_replaced(tmp_path: Path, key_file: Path, content: str) -> None:
    key_file.parent.mkdir()
    key_file.write_text(content)
    key_file.chmod(0o600)
    with pytest.raises(VaultError, match="is not a key file"):
        Vault(tmp_path / "home", key_file)
    assert key_file.read_text() == content


def test_a_key_file_inside_the_home_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="outside"):
        Vault(tmp_path / "home", tmp_path / "home" / "key")
