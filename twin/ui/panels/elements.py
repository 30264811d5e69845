"""The few elements every panel is made of: a panel, a table row that leads somewhere, an age."""

import json
from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from twin.spec import T
from twin.spec.text import Lang

NOT_YET = T("尚未启用", "Not switched on yet")
NO_DATA = T("无数据", "No data")


def go(patch: Mapping[str, object]) -> dict[str, str]:
    """The attribute by which state.js follows an element on click or Enter."""
    return {"data-go": json.dumps(patch, ensure_ascii=False, separators=(",", ":"))}


def go_place(building: str | None, storey: int | None = None, unit: str | None = None) -> dict[str, str]:
    return go({"building": building, "storey": storey, "unit": unit, "device": None, "ticket": None})


def age(at: str | None, lang: Lang) -> Component:
    """An instant that clock.js keeps writing as an age; an instant nobody knows is 无数据.

    It is the only thing drawn as `time` without children: what a script writes into it, React never meets.
    """
    if at is None:
        return html.Span(NO_DATA.in_(lang), className="age none")
    return html.Time(className="age", **{"data-age": at})


def panel(title: str, children: Sequence[Component], *, aside: str = "", name: str = "") -> Component:
    head = [html.H2(title)]
    if aside:
        head.append(html.Span(aside, className="aside"))
    return html.Section(
        [html.Div(head, className="panel-head"), *children], className=f"panel {name}".strip()
    )


def off(title: str, lang: Lang) -> Component:
    """A panel whose engine does not exist yet."""
    return html.Section(
        [html.H2(title), html.Span(NOT_YET.in_(lang), className="not-yet")], className="panel off"
    )


def scroll(children: Sequence[Component], label: str) -> Component:
    """A list that scrolls by itself, reachable by keyboard."""
    return html.Div(list(children), className="scroll", tabIndex=0, role="region", **{"aria-label": label})


def row(
    cells: Sequence[Component], link: Mapping[str, str], *, tone: str = "", chosen: bool = False
) -> Component:
    """A line of a list; the whole line is the one action that leads to its place."""
    extra = dict(link)
    if chosen:
        extra["aria-current"] = "true"
    if not link:
        return html.Div(list(cells), className=f"row {tone}".strip())
    return html.Button(list(cells), className=f"row {tone}".strip(), type="button", **extra)


def text(words: str, kind: str = "") -> Component:
    return html.Span(words, className=kind or None)


def empty(words: str) -> Component:
    return html.P(words, className="empty")
