"""The relations' sources, and which tables each of them reads."""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import duckdb

_MACRO = re.compile(r"CREATE OR REPLACE MACRO (\w+)\([^)]*\)\s+AS\s+(TABLE\s+)?", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*")


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
    """Macro name → the query or expression it stands for, as a statement."""
    found: dict[str, str] = {}
    for statement in statements():
        head = _MACRO.match(statement)
        if head is None:
            raise ValueError(f"not a macro: {statement[:60]!r}")
        body = statement[head.end() :]
        found[head.group(1)] = body if head.group(2) else f"SELECT {body}"
    return found


def tables_of(sql: str, tables: frozenset[str], cursor: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The tables that `sql` names, itself or through macros, as DuckDB's own parser reads it.

    (`get_table_names` sees through macros too, but stops at a parameter and at `*` in a UNION.)
    """
    macros = bodies()
    waiting, seen = [sql], set[str]()
    while waiting:
        tree = cursor.execute("SELECT json_serialize_sql($sql::VARCHAR)", {"sql": waiting.pop()}).fetchall()[
            0
        ][0]
        for name in _named(json.loads(tree)) - seen:
            seen.add(name)
            if name in macros:
                waiting.append(macros[name])
    return frozenset(seen) & tables


def _named(tree: object) -> frozenset[str]:
    """Every table and function named anywhere in a parsed statement."""
    found, waiting = set[str](), [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            found.update(str(node[key]).lower() for key in ("table_name", "function_name") if node.get(key))
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return frozenset(found)
