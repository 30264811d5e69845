"""A site as configuration says it: plain tables out of TOML or rows, checked word by word."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta, timezone
from typing import Any

from twin.ingest.decoders.ha_discovery import by_topic
from twin.ingest.decoders.lorawan_codecs import ALIASES, CODECS
from twin.ingest.decoders.names import ON_OFF
from twin.ingest.decoders.site import CHINA, ZONES, Entity, Site, ZoneRule
from twin.model.readings import PROPERTIES

TABLES = ("zone", "switches", "models", "zones", "crowds")
OFFSET = re.compile(r"([+-])(\d\d):([0-5]\d)")
EUI = re.compile(r"[0-9a-f]{16}")


class SiteError(ValueError):
    """A sentence that names the entry and what it may be."""


def site_of(said: Mapping[str, Any], entities: Iterable[Entity] = ()) -> Site:
    """Raises SiteError."""
    for name in said:
        if name not in TABLES:
            raise SiteError(f"site.{name}: no such table; there are {', '.join(TABLES)}")
    return Site(
        zone=_zone(said.get("zone")),
        switches={
            device: {
                channel: _switch(device, channel, it) for channel, it in _table(said, "switches", device)
            }
            for device, _ in _table(said, "switches")
        },
        models={eui.lower(): _model(eui, it) for eui, it in _table(said, "models")},
        entities=by_topic(entities),
        zones=_rules(said["zones"]) if "zones" in said else ZONES,
        crowds={zone: _crowd(zone, it) for zone, it in _table(said, "crowds")},
    )


def _table(said: Mapping[str, Any], *path: str) -> Iterable[tuple[str, Any]]:
    inner: Any = said
    for name in path:
        inner = inner.get(name, {}) if isinstance(inner, Mapping) else None
    if not isinstance(inner, Mapping):
        raise SiteError(f"site.{'.'.join(path)}: this is a table of names")
    return inner.items()


def _zone(said: Any) -> timezone:
    if said is None:
        return CHINA
    found = OFFSET.fullmatch(said) if isinstance(said, str) else None
    if found is None or int(found[2]) > 14:
        raise SiteError(f"site.zone: {said!r} is no offset; write it as +08:00")
    minutes = int(found[2]) * 60 + int(found[3])
    return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes))


def _switch(device: str, channel: str, said: Any) -> str:
    if not isinstance(said, str) or said not in ON_OFF:
        raise SiteError(f"site.switches.{device}.{channel}: {said!r} is none of {', '.join(ON_OFF)}")
    return said


def _model(eui: str, said: Any) -> str:
    if not EUI.fullmatch(eui.lower()):
        raise SiteError(f"site.models.{eui}: a DevEUI has 16 hex digits")
    if not isinstance(said, str) or ALIASES.get(said, said) not in CODECS:
        raise SiteError(f"site.models.{eui}: {said!r} is none of {', '.join([*CODECS, *ALIASES])}")
    return said


def _rules(said: Any) -> tuple[ZoneRule, ...]:
    if not isinstance(said, list):
        raise SiteError("site.zones: this is a list of rules")
    return tuple(map(_rule, said))


def _rule(said: Any) -> ZoneRule:
    match said:
        case {"begins": str(begins), "labels": [*labels], "finding": str(finding)} if (
            begins and labels and all(isinstance(label, str) for label in labels)
        ):
            if finding not in PROPERTIES["camera"].states:
                raise SiteError(
                    f"site.zones: {finding!r} is none of {', '.join(PROPERTIES['camera'].states)}"
                )
            return ZoneRule(begins, tuple(labels), finding)
        case _:
            raise SiteError("site.zones: a rule has begins, labels (a list) and finding")


def _crowd(zone: str, said: Any) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or said < 1:
        raise SiteError(f"site.crowds.{zone}: {said!r} is no number of people from 1 on")
    return said
