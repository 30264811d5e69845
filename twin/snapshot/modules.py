"""The page's ES modules as one plain script: a page opened from a file may not import its neighbours."""

import re
from collections.abc import Callable
from pathlib import Path

IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+)\.js";[ \t]*$', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?function\*? ?|const |let |class )(\w+)", re.MULTILINE)
LEFT_OVER = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)

Find = Callable[[str], str]


class NotBundled(ValueError):
    """A module is written in a way the bundler does not know; the sentence names module and line."""


def finder(*folders: Path) -> Find:
    """Reads a module by name from the first folder that has it."""

    def find(name: str) -> str:
        for folder in folders:
            if (path := folder / f"{name}.js").is_file():
                return path.read_text(encoding="utf-8")
        raise NotBundled(f"no module is called {name}.js")

    return find


def bundled(entries: tuple[str, ...], find: Find) -> str:
    """Each module becomes a function's value under `$name`, those it needs before it."""
    done: dict[str, str] = {}
    for entry in entries:
        _add(entry, find, done, ())
    return "\n".join(done.values())


def _add(name: str, find: Find, done: dict[str, str], above: tuple[str, ...]) -> None:
    if name in done:
        return
    if name in above:
        raise NotBundled(f"{name}.js needs itself, by way of {', '.join(above)}")
    source = find(name)
    for _, needed in IMPORT.findall(source):
        _add(needed, find, done, (*above, name))
    done[name] = _as_value(name, source)


def _as_value(name: str, source: str) -> str:
    given = [word for _, word in EXPORT.findall(source)]
    body = IMPORT.sub(lambda found: f"const {{{_renamed(found[1])}}} = {_variable(found[2])};", source)
    body = EXPORT.sub(r"\1\2", body)
    if odd := LEFT_OVER.search(body):
        raise NotBundled(f"{name}.js: the snapshot cannot bundle the line {odd[0]!r}")
    return f"const {_variable(name)} = (() => {{\n{body}\nreturn {{ {', '.join(given)} }};\n}})();"


def _renamed(names: str) -> str:
    return re.sub(r"\b(\w+) as (\w+)\b", r"\1: \2", names)


def _variable(name: str) -> str:
    return "$" + name.replace("-", "_")
