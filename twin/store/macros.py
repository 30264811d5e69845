"""The relations' sources, and which tables each of them reads."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_MACRO = re.compile(r"CREATE OR REPLACE MACRO (\w+)\(", re.IGNORECASE)
_WORD = re.compile(r"[a-z_][a-z0-9_]*", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*")
_TEXT = re.compile(r"'(?:[^']|'')*'")


@cache
def statements() -> tuple[str, ...]:
    """Every CREATE MACRO, in the order in which they may use one another."""
    folder = files("twin.store") / "relations"
    sources = [
        item.read_text("utf-8")
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".sql")
    ]
    bare = _COMMENT.sub("", "\n".join(sources))
    return tuple(part.strip() for part in bare.split(";") if part.strip())


@cache
def digest() -> str:
    return hashlib.sha256("\n".join(statements()).encode()).hexdigest()


@cache
def bodies() -> Mapping[str, str]:
    """Macro name → its source."""
    found: dict[str, str] = {}
    for statement in statements():
        head = _MACRO.match(statement)
        if head is None:
            raise ValueError(f"not a macro: {statement[:60]!r}")
        found[head.group(1)] = statement[head.end() :]
    return found


def tables_of(sql: str, tables: frozenset[str]) -> frozenset[str]:
    """The tables that `sql` names, itself or through macros."""
    macros = bodies()
    waiting, seen = [sql], set[str]()
    while waiting:
        bare = _TEXT.sub("''", _COMMENT.sub("", waiting.pop()))
        words = {word.lower() for word in _WORD.findall(bare)}
        for name in words - seen:
            seen.add(name)
            if name in macros:
                waiting.append(macros[name])
    return frozenset(seen) & tables
