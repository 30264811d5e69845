"""Frigate's camera events: which camera saw what kind of thing in which zone, and never who it was."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from twin.ingest.decoders.said import Payload, epoch_s, object_of, part, raw, truth, whole, words
from twin.ingest.decoders.sheet import Sheet
from twin.ingest.decoders.site import PLAIN, Site
from twin.model.readings import Decoded, Note, Remark, Undecodable

BASE = "frigate"
# docs.frigate.video/integrations/mqtt. What names a person or a car is dropped here and gets no further: not
# even a remark repeats it.
IDENTITIES = (
    "sub_label",
    "recognized_license_plate",
    "license_plate",
    "plate",
    "face",
    "description",
)
FACES = ("face", "license_plate")
TYPES = ("new", "update", "end")
STATUS = re.compile(rf"{BASE}/([^/]+)/status/[a-z_]+", re.ASCII)
COUNT = re.compile(rf"{BASE}/([^/]+)/([a-z_]+)", re.ASCII)
WORDS: Mapping[str, str] = {"online": "online", "offline": "offline", "disabled": "offline"}


def decode(topic: str, payload: Payload, received_at: datetime, site: Site = PLAIN) -> Decoded:
    """Raises Undecodable."""
    if topic == f"{BASE}/events":
        return _event(object_of(payload), site)
    if topic == f"{BASE}/available":
        return Decoded(notes=(Note("frigate", raw(_word(payload))),))
    if found := STATUS.fullmatch(topic):
        return _status(found[1], _word(payload))
    found = COUNT.fullmatch(topic)
    if found and found[1] in site.crowds and found[2] == "person":
        return _crowd(found[1], payload, site)
    if topic.startswith(f"{BASE}/"):
        # Reviews, snapshots, recognised faces and plates come here too: nothing of them is looked at.
        return Decoded(remarks=(Remark(raw(topic), "a topic we do not read"),))
    raise Undecodable("the topic is none of Frigate's", f"publish below {BASE}/")


def _event(said: Mapping[str, Any], site: Site) -> Decoded:
    kind, after, before = said.get("type"), said.get("after"), said.get("before")
    camera, number = words(part(after, "camera"), 64), words(part(after, "id"), 64)
    if kind not in TYPES or camera is None or number is None or not isinstance(after, Mapping):
        raise Undecodable("the event has no type, id or camera", "forward frigate/events as it is")
    at = epoch_s(part(after, {"new": "start_time", "update": "frame_time", "end": "end_time"}[kind]))
    # One id for the whole happening: it is the episode; the key also tells its messages apart.
    stamp = "" if at is None else f":{round(at.timestamp() * 1e6)}"
    sheet = Sheet("frigate", camera, at, f"{number}:{kind}{stamp}")
    if at is None:
        sheet.remark("time", "no time: the door's time counts")
    for name in IDENTITIES:
        if after.get(name) or part(before, name):
            sheet.remark(name, "an identity: dropped, never kept")
    label = words(after.get("label"), 40)
    if label in FACES:
        sheet.remark("label", "an identity: dropped, never kept")
    elif truth(after.get("false_positive")):
        sheet.note("false_positive", "the camera does not believe it itself")
    elif label is None:
        sheet.remark("label", "no kind of thing is named")
    else:
        _finding(sheet, kind, label, number, after, before, site)
    return sheet.decoded()


def _finding(
    sheet: Sheet, kind: str, label: str, number: str, after: Mapping[str, Any], before: Any, site: Site
) -> None:
    """Found while it is in a zone that counts; over when it has left it or is gone."""
    sheet.note("label", label)
    here = _in_zones(label, after.get("current_zones"), site)
    was = _in_zones(label, part(before, "current_zones"), site) or _in_zones(
        label, after.get("entered_zones"), site
    )
    if here and kind != "end":
        sheet.read("camera", state=here, episode=number)
    elif was or here:
        sheet.note("over", was or here)
        sheet.read("camera", state="normal", episode=number)


def _in_zones(label: str, zones: Any, site: Site) -> str | None:
    names = [zone for zone in zones if isinstance(zone, str)] if isinstance(zones, list) else []
    for rule in site.zones:
        if label in rule.labels and any(name.startswith(rule.begins) for name in names):
            return rule.finding
    return None


def _status(camera: str, word: str) -> Decoded:
    if words(camera, 64) is None or word not in WORDS:
        raise Undecodable("no camera, or neither online nor offline", "forward the status topic as it is")
    sheet = Sheet("frigate", camera)
    sheet.state("link", WORDS[word])
    return sheet.decoded()


def _crowd(zone: str, payload: Payload, site: Site) -> Decoded:
    count = whole(_word(payload))
    if count is None or words(zone, 64) is None:
        raise Undecodable("no count of people", "forward the count topics as they are")
    sheet = Sheet("frigate", zone)
    sheet.state("camera", "crowding" if count >= site.crowds[zone] else "normal", float(count))
    return sheet.decoded()


def _word(payload: Payload) -> str:
    return payload.decode("utf-8", "replace").strip() if isinstance(payload, bytes) else str(payload)
