"""A visit of the doctor, to a served twin or a closed home: look, mend if asked to, look again, tell."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.settings import Settings
from twin.spec import T
from twin.spec.text import Lang
from twin.store import Store, utc_now
from twin.store.looking import FileState, looking
from twin.ui.doctor.checks import CHECKS
from twin.ui.doctor.finding import MARKS, Check, Finding, Hands, Patient, Served, Unreadable

Args = Mapping[str, Any]
Look = Callable[[], contextlib.AbstractContextManager[Patient]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A check, what it found at last, and what was done about it."""

    check: Check
    finding: Finding
    done: T | None = None


def visit_served(store: Store, settings: Settings, served: Served, args: Args) -> dict[str, Any]:
    """By the running server: its own store, nothing is opened."""

    @contextlib.contextmanager
    def look() -> Iterator[Patient]:
        state = FileState(None, store.schema, store.schema, True, 0, range(0))
        yield Patient(settings, utc_now(), state, store.read, served, _path(args))

    return _visit(look, Hands(settings, lambda: store, is_served=True), args)


def visit_closed(settings: Settings, args: Args) -> dict[str, Any]:
    """Of a home that nobody holds; looking changes nothing. Raises StoreBusy."""

    @contextlib.contextmanager
    def look() -> Iterator[Patient]:
        with looking(settings.home) as (state, read):
            yield Patient(settings, utc_now(), state, read, None, _path(args))

    with contextlib.ExitStack() as opened:
        store: list[Store] = []

        def open_once() -> Store:
            if not store:
                store.append(Store.open(settings.home))
                opened.callback(lambda: store.pop().close())
            return store[0]

        def let_go() -> None:
            opened.close()

        return _visit(look, Hands(settings, open_once, is_served=False), args, let_go)


def _visit(look: Look, hands: Hands, args: Args, mended: Callable[[], None] = lambda: None) -> dict[str, Any]:
    with look() as patient:
        seen = _examine(patient)
    if args.get("repair"):
        done = _mend(seen, hands)
        mended()
        if done:
            with look() as patient:
                seen = [Seen(one.check, one.finding, done.get(one.check.id)) for one in _examine(patient)]
    return _told(seen, args.get("lang") or "en")


def _examine(patient: Patient) -> list[Seen]:
    return [Seen(check, _look(check, patient)) for check in CHECKS]


def _look(check: Check, patient: Patient) -> Finding:
    try:
        return check.look(patient)
    except Unreadable:
        return Finding("unseen", T("数据文件读不出,无法检查", "not looked at: the file cannot be read"))
    except Exception as why:  # noqa: BLE001  one check that fails must not silence the others
        said = f"{type(why).__name__}: {why}".splitlines()[0]
        return Finding("unseen", T(f"检查失败:{said}", f"this check failed: {said}"))


def _mend(seen: Sequence[Seen], hands: Hands) -> dict[str, T]:
    done = {}
    for one in seen:
        if one.finding.mends and one.check.repair:
            try:
                done[one.check.id] = one.check.repair(hands)
            except Exception as why:  # noqa: BLE001  what cannot be mended is told, and the rest is still mended
                said = f"{type(why).__name__}: {why}".splitlines()[0]
                done[one.check.id] = T(f"未能修复:{said}", f"could not be mended: {said}")
    return done


def _told(seen: Sequence[Seen], lang: Lang) -> dict[str, Any]:
    states = {one.finding.state for one in seen}
    code = 1 if "fault" in states else 2 if "unseen" in states else 0
    return {"ok": code == 0, "exit": code, "text": as_table(seen, lang), "data": _as_data(seen, code)}


def _as_data(seen: Sequence[Seen], code: int) -> dict[str, Any]:
    checks = [
        {
            "id": one.check.id,
            "state": one.finding.state,
            "what": _both(one.check.what),
            "finding": _both(one.finding.words),
            "remedy": _both(one.check.remedy) if one.finding.state != "whole" else None,
            "repaired": _both(one.done) if one.done else None,
        }
        for one in seen
    ]
    return {"whole": code == 0, "exit": code, "checks": checks}


def _both(text: T) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def as_table(seen: Sequence[Seen], lang: Lang) -> str:
    """A line a check, the faults last where the eye ends, each with its remedy."""
    order = ("whole", "note", "unseen", "fault")
    lines = []
    for one in sorted(seen, key=lambda one: order.index(one.finding.state)):
        mark = MARKS[one.finding.state].in_(lang)
        lines.append(f"{mark:<6} {one.check.what.in_(lang)}: {one.finding.words.in_(lang)}")
        if one.done:
            lines.append(f"       + {one.done.in_(lang)}")
        if one.finding.state in ("note", "fault"):
            lines.append(f"       → {one.check.remedy.in_(lang)}")
    return "\n".join([*lines, _sum(seen).in_(lang)])


def _sum(seen: Sequence[Seen]) -> T:
    faults = sum(one.finding.state == "fault" for one in seen)
    unseen = sum(one.finding.state == "unseen" for one in seen)
    if not faults and not unseen:
        return T(f"{len(seen)} 项检查:完好。", f"{len(seen)} checks: the twin is whole.")
    return T(
        f"{len(seen)} 项检查:{faults} 项需要人处理,{unseen} 项未能检查。",
        f"{len(seen)} checks: {faults} need a person, {unseen} could not be looked at.",
    )


def _path(args: Args) -> Path | None:
    return Path(args["broker_conf"]) if args.get("broker_conf") else None
