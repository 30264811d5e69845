"""The kinds of things that happen in the demo, and the doors by which they are told."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from twin.spec import T


@dataclass(frozen=True, slots=True)
class Happening:
    """`door` is the last word of its address under /ingest. None: it is made and counted, but not sent."""

    id: str
    title: T
    what: str
    door: str | None = None


KINDS: Mapping[str, Happening] = {
    kind.id: kind
    for kind in (
        Happening("request", T("诉求", "Request"), "what residents ask for", door="requests"),
        Happening("step", T("工单流转", "Step of a ticket"), "accept, handle, close", door="events"),
        Happening("position", T("位置", "Position"), "where those on duty are", door="positions"),
        Happening("reading", T("读数", "Reading"), "what devices say", door="observations"),
        Happening("visit", T("走访", "Visit"), "a steward calls at a care home, or telephones"),
        Happening("duty", T("到岗签退", "Sign-on"), "a shift begins or ends"),
        Happening("answer", T("照护屏应答", "Panel answer"), "the voice panel asks twice a day how one is"),
        Happening("purifier", T("净化器启停", "Purifier"), "a kitchen's fan and purifier go on, off or fail"),
    )
}
"""Give a kind its door here and it is sent."""


def day_table(kinds: Iterable[Happening] = KINDS.values()) -> str:
    """The table as Markdown, for the docs."""
    rows = ["| kind | | what | sent to |", "|---|---|---|---|"]
    for kind in kinds:
        door = f"`/ingest/{kind.door}`" if kind.door else "no door yet"
        rows.append(f"| `{kind.id}` | {kind.title.zh} | {kind.what} | {door} |")
    return "\n".join(rows) + "\n"


@dataclass(slots=True)
class Tally:
    """What became of what happened, by kind."""

    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)

    def words(self) -> str:
        parts = [f"accepted {_list(self.accepted)}"]
        if self.refused.total():
            parts.append(f"refused {_list(self.refused)}")
        if self.kept:
            parts.append(f"made but not sent, for want of a door, {_list(self.kept)}")
        return "; ".join(parts)


def _list(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in KINDS if counts[kind]) or "nothing"
