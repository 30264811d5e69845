"""What someone is looking at, and the link that says so: a link carries the whole view."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Literal
from urllib.parse import quote, urlencode

from twin.spec.text import Lang

Screen = Literal["wall", "desk"]
MAX_ID_LENGTH = 200
# A preset's name, or lon,lat,zoom,pitch,bearing.
CAMERA = re.compile(r"[a-z][a-z0-9_-]{0,31}|-?\d+(\.\d+)?(,-?\d+(\.\d+)?){4}")


class BadView(ValueError):
    """A part of a link that cannot be read; the sentence names it and what to write instead."""


@dataclass(frozen=True, slots=True)
class View:
    """`layers` None = each layer's own default; `at` None = live; `storey` is the ordinal (0 = ground)."""

    screen: Screen
    layers: tuple[str, ...] | None = None
    building: str | None = None
    storey: int | None = None
    unit: str | None = None
    device: str | None = None
    ticket: str | None = None
    cam: str | None = None
    at: datetime | None = None
    lang: Lang | None = None

    @classmethod
    def from_query(
        cls, screen: Screen, query: Mapping[str, str], known_layers: Collection[str] = ()
    ) -> "View":
        """Read a link's keys. Unknown layers are refused when the known ones are given. Raises BadView."""
        return cls(
            screen,
            layers=_layers(query.get("layers"), known_layers),
            building=_id("building", query),
            storey=_storey(query.get("storey")),
            unit=_id("unit", query),
            device=_id("device", query),
            ticket=_id("ticket", query),
            cam=_camera(query.get("cam")),
            at=instant_of(query.get("at")),
            lang=_lang(query.get("lang")),
        )

    def query(self) -> dict[str, str]:
        """The keys that differ from an untouched view, in a fixed order."""
        keys = {
            "layers": None if self.layers is None else ",".join(self.layers),
            "building": self.building,
            "storey": None if self.storey is None else str(self.storey),
            "unit": self.unit,
            "device": self.device,
            "ticket": self.ticket,
            "cam": self.cam,
            "at": None if self.at is None else _written(self.at),
            "lang": self.lang,
        }
        return {key: value for key, value in keys.items() if value is not None}

    def url(self) -> str:
        """The wall carries its building as a key, the desk as a path."""
        keys = self.query()
        path = f"/{self.screen}"
        if self.screen == "desk" and self.building is not None:
            path = f"/building/{quote(keys.pop('building'), safe='')}"
        return f"{path}?{urlencode(keys, safe=',:')}" if keys else path


def _layers(given: str | None, known: Collection[str]) -> tuple[str, ...] | None:
    if given is None:
        return None
    layers = tuple(dict.fromkeys(part for part in given.split(",") if part))
    for layer in layers:
        if known and layer not in known:
            near = get_close_matches(layer, known, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(sorted(known))}."
            raise BadView(f"layers: there is no layer {layer!r}. {hint}")
    return layers


def _id(key: str, query: Mapping[str, str]) -> str | None:
    given = query.get(key)
    if not given:
        return None
    if len(given) > MAX_ID_LENGTH:
        raise BadView(f"{key}: an id has at most {MAX_ID_LENGTH} characters, this one has {len(given)}.")
    return given


def _storey(given: str | None) -> int | None:
    if not given:
        return None
    if not re.fullmatch(r"-?\d{1,3}", given, re.ASCII):
        raise BadView(f"storey: {given!r} is no storey; write its ordinal, 0 for the ground floor.")
    return int(given)


def _camera(given: str | None) -> str | None:
    if not given:
        return None
    if not CAMERA.fullmatch(given):
        raise BadView(f"cam: {given!r} is neither a preset's name nor lon,lat,zoom,pitch,bearing.")
    return given


def instant_of(given: str | None) -> datetime | None:
    """The absolute time of a link. Raises BadView."""
    if not given:
        return None
    remedy = "write an instant with its offset, like 2026-11-23T14:30:00+08:00."
    try:
        # A pasted "+08:00" that nobody escaped arrives as a space.
        instant = datetime.fromisoformat(re.sub(r" (?=\d\d:\d\d$)", "+", given))
    except ValueError as fault:
        raise BadView(f"at: {given!r} is no time; {remedy}") from fault
    if instant.tzinfo is None:
        raise BadView(f"at: {given!r} has no offset; {remedy}")
    return instant


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _lang(given: str | None) -> Lang | None:
    match given:
        case None | "":
            return None
        case "zh" | "en":
            return given
    raise BadView(f"lang: {given!r} is not a language of the screens; write zh or en.")
