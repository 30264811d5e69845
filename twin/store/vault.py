"""Persons' identities: each encrypted with that person's own secret, kept outside the community's file.

The secrets lie in `persons.sqlite`, wrapped by a key file outside TWIN_HOME. Destroying a secret makes every
copy of the identity unreadable, in history and in backups too.
"""

import contextlib
import hmac
import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_STRANGER = "no secret is known for person {}: is persons.sqlite the one of this home?"
_SCHEMA = "CREATE TABLE IF NOT EXISTS secret (person_id TEXT PRIMARY KEY, wrapped BLOB)"


class VaultError(RuntimeError):
    """The vault cannot do its work; the message says why and what to do."""


class PersonErased(VaultError):
    """This person's secret was destroyed, for good."""


class Vault:
    def __init__(self, home: Path, key_file: Path) -> None:
        if key_file.resolve().is_relative_to(home.resolve()):
            raise VaultError(
                f"The key file {key_file} must lie outside {home}: a copy of one must not open the other."
            )
        key = _key(key_file)
        self._wrapping = AESGCM(key)
        self._naming = hmac.digest(key, b"twin pseudonym", "sha256")
        home.mkdir(parents=True, exist_ok=True)
        self._guard = threading.Lock()
        self._secrets = sqlite3.connect(
            home / "persons.sqlite", check_same_thread=False, isolation_level=None
        )
        (home / "persons.sqlite").chmod(0o600)
        self._secrets.execute("PRAGMA secure_delete=ON")
        self._secrets.execute("PRAGMA synchronous=FULL")
        self._secrets.execute(_SCHEMA)

    def seal(self, person_id: str, identity: Mapping[str, object]) -> bytes:
        """Encrypt one person's identity; the person's secret is made when there is none."""
        return self.seal_all({person_id: identity})[person_id]

    def seal_all(self, identities: Mapping[str, Mapping[str, object]]) -> dict[str, bytes]:
        """As `seal`, with one write to the disk for all."""
        with self._guard:
            self._secrets.execute("BEGIN IMMEDIATE")
            try:
                sealed = {
                    person_id: _encrypt(AESGCM(self._secret(person_id, make=True)), identity, person_id)
                    for person_id, identity in identities.items()
                }
            except BaseException:
                self._secrets.execute("ROLLBACK")
                raise
            self._secrets.execute("COMMIT")
        return sealed

    def open(self, person_id: str, blob: bytes) -> dict[str, object]:
        """Raises PersonErased; VaultError when `blob` is not this person's."""
        with self._guard:
            secret = self._secret(person_id, make=False)
        plain = _decrypt(AESGCM(secret), blob, person_id)
        identity: dict[str, object] = json.loads(plain)
        return identity

    def open_all(self, sealed: Mapping[str, bytes]) -> dict[str, dict[str, object]]:
        """As `open`, for many; persons who were erased are left out."""
        wrapped = self._wrapped()
        return {
            person_id: json.loads(_decrypt(AESGCM(self._unwrap(person_id, wrapped)), blob, person_id))
            for person_id, blob in sealed.items()
            if wrapped.get(person_id, b"") is not None
        }

    def erased(self) -> frozenset[str]:
        """The ids under which nothing will ever be sealed again."""
        return frozenset(person_id for person_id, secret in self._wrapped().items() if secret is None)

    def pseudonym(self, text: str) -> str:
        """The same 32 letters for the same text under this key file; without the key nobody finds them."""
        return hmac.digest(self._naming, text.encode(), "sha256").hex()[:32]

    def destroy(self, person_id: str) -> None:
        """Forget the secret. The id stays marked, so that nothing is ever sealed under it again."""
        with self._guard:
            self._secrets.execute(
                "INSERT INTO secret VALUES (?, NULL) ON CONFLICT (person_id) DO UPDATE SET wrapped = NULL",
                (person_id,),
            )

    def close(self) -> None:
        with self._guard:
            self._secrets.close()

    def _wrapped(self) -> dict[str, bytes | None]:
        with self._guard:
            return dict(self._secrets.execute("SELECT person_id, wrapped FROM secret").fetchall())

    def _unwrap(self, person_id: str, wrapped: Mapping[str, bytes | None]) -> bytes:
        secret = wrapped.get(person_id)
        if secret is None:
            raise VaultError(_STRANGER.format(person_id))
        return _decrypt(self._wrapping, secret, person_id)

    def _secret(self, person_id: str, *, make: bool) -> bytes:
        row = self._secrets.execute("SELECT wrapped FROM secret WHERE person_id = ?", (person_id,)).fetchone()
        if row is not None and row[0] is None:
            raise PersonErased(f"person {person_id} was erased")
        if row is not None:
            return _decrypt(self._wrapping, row[0], person_id)
        if not make:
            raise VaultError(_STRANGER.format(person_id))
        secret = AESGCM.generate_key(bit_length=256)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        wrapped = nonce + self._wrapping.encrypt(nonce, secret, person_id.encode())
        self._secrets.execute("INSERT INTO secret VALUES (?, ?)", (person_id, wrapped))
        return secret


def unfit(home: Path, key_file: Path) -> str | None:
    """Why this key file does not open this home's secrets, told without making or changing anything."""
    if not (home / "persons.sqlite").exists():
        return None
    try:
        wrapping = AESGCM(_read_key(key_file))
        with contextlib.closing(
            sqlite3.connect(f"file:{home / 'persons.sqlite'}?mode=ro", uri=True)
        ) as secrets_:
            row = secrets_.execute("SELECT person_id, wrapped FROM secret WHERE wrapped NOTNULL LIMIT 1")
            for person_id, wrapped in row.fetchall():
                _decrypt(wrapping, wrapped, person_id)
    except FileNotFoundError:
        return f"{key_file} is not there, and without it no name can be read. Put it back."
    except (VaultError, OSError, sqlite3.Error) as fault:
        return str(fault)
    return None


def known_persons(home: Path) -> frozenset[str]:
    """Whose secret is in this home, the erased ones too."""
    if not (home / "persons.sqlite").exists():
        return frozenset()
    with contextlib.closing(sqlite3.connect(f"file:{home / 'persons.sqlite'}?mode=ro", uri=True)) as file:
        return frozenset(person for (person,) in file.execute("SELECT person_id FROM secret").fetchall())


def _encrypt(cipher: AESGCM, identity: Mapping[str, object], person_id: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    plain = json.dumps(dict(identity), ensure_ascii=False, sort_keys=True).encode()
    return nonce + cipher.encrypt(nonce, plain, person_id.encode())


def _decrypt(cipher: AESGCM, blob: bytes, person_id: str) -> bytes:
    try:
        return cipher.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], person_id.encode())
    except (InvalidTag, ValueError) as error:
        raise VaultError(
            f"person {person_id}: the value and the key do not fit. Is the key file the one of this home?"
        ) from error


def _key(path: Path) -> bytes:
    """Read the key file, or make it (0600); one that others may read is refused."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as target:
            target.write(secrets.token_hex(32) + "\n")
            target.flush()
            os.fsync(target.fileno())
    if path.stat().st_mode & 0o077:
        raise VaultError(f"{path} can be read by others. Say: chmod 600 {path}")
    return _read_key(path)


def _read_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError as error:
        raise VaultError(
            f"{path} is not a key file. Put the right one back; without it no name can be read."
        ) from error
    if len(key) != 32:
        raise VaultError(f"{path} is not a key file. Put the right one back; without it no name can be read.")
    return key
