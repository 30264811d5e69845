"""The tables of docs/decoders.md, written from the registry."""

from collections.abc import Iterable

from twin.ingest.decoders import vendor_smoke
from twin.ingest.decoders.hj212 import DATA, FACTORS, FLAGS
from twin.ingest.decoders.lorawan_codecs import CODECS
from twin.ingest.decoders.registry import FAMILIES, Family
from twin.model.readings import PROPERTIES, STATES

BEGIN, END = "<!-- tables: written by twin.ingest.decoders.page -->", "<!-- end of tables -->"


def tables() -> str:
    return "\n\n".join((_families(), _properties(), _codes(), _hj212(), _codecs(), _examples()))


def written(page: str) -> str:
    """The page with its tables as they are now. Raises ValueError where it has no place for them."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"


def _families() -> str:
    def row(it: Family) -> tuple[str, ...]:
        return (
            f"`{it.id}`",
            f"{it.title.zh} · {it.title.en}" if it.title.zh != it.title.en else it.title.en,
            ", ".join(it.carriers),
            ", ".join(f"`{topic}`" for topic in it.topics) or "–",
            ", ".join(f"`{scheme}`" for scheme in it.scheme),
            it.time.en,
            it.key.en,
            it.needs.en,
        )

    heads = ("family", "what", "by", "topics", "scheme", "time", "key", "needs")
    return "## The families\n" + _table(heads, map(row, FAMILIES.values()))


def _properties() -> str:
    rows = (
        (
            f"`{it.id}`",
            f"{it.title.zh} · {it.title.en}" if it.title.zh != it.title.en else it.title.en,
            "any" if len(it.states) == len(STATES) else " ".join(f"`{state}`" for state in it.states) or "–",
            f"`{it.unit}`" if it.unit else "–",
        )
        for it in PROPERTIES.values()
    )
    return "## Properties, their states, their UCUM unit\n" + _table(
        ("property", "what", "states", "unit"), rows
    )


def _codes() -> str:
    rows = (
        (
            str(code),
            f"`{it.property}` {'test' if it.is_test else it.state}" if it.property else "–",
            it.health or "–",
        )
        for code, it in vendor_smoke.CODES.items()
    )
    muted = ((str(vendor_smoke.MUTED), "– (muted: a fire still sounds)", "–"),)
    return "## `vendor_smoke`: alarmType\n" + _table(("code", "reading", "health"), (*rows, *muted))


def _hj212() -> str:
    commands = ((cn, f"-{it.statistic}", it.mean_over or "the instant") for cn, it in DATA.items())
    factors = ((f"`{code}`", f"`{name}`") for code, name in FACTORS.items())
    flags = ((letter, it.meaning, it.quality, it.health or "–") for letter, it in FLAGS.items())
    return "\n\n".join(
        (
            "## `hj212`: commands, factors, flags\n" + _table(("CN", "what is read", "over"), commands),
            _table(("factor", "property"), factors),
            _table(("flag", "meaning", "quality", "health"), flags),
        )
    )


def _codecs() -> str:
    rows = ((f"`{it.id}`", it.title.en, ", ".join(map(str, it.ports)), it.source) for it in CODECS.values())
    return "## `lorawan`: codecs\n" + _table(("model", "device", "FPort", "layout from"), rows)


def _examples() -> str:
    blocks = []
    for it in FAMILIES.values():
        text = it.example.payload.decode().rstrip()
        reads = ", ".join(f"{name} = {said}" for name, said in it.example.reads.items())
        topic = f"`{it.example.topic}` " if it.example.topic else ""
        blocks.append(f"`{it.id}` {topic}→ {reads}\n```\n{text}\n```")
    return "## One message of each\n" + "\n\n".join(blocks)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)])
