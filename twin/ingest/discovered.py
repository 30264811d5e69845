"""What Home Assistant's discovery announced, kept in the home: after a restart messages come before it."""

import json
from dataclasses import replace
from pathlib import Path

import structlog

from twin.ingest.decoders import Entity, Site
from twin.ingest.decoders.ha_discovery import announced, by_topic
from twin.model.readings import Undecodable

FILE_NAME = "discovered.json"
# More than any community has; a broker gone wild must not fill the disk.
CONFIGS_MOST, CONFIG_BYTES_MOST = 20_000, 65_536

log = structlog.get_logger("twin.discovered")


class Discovered:
    """The configs by their topics, as they came. A lost one comes again: the broker remembers it too."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE_NAME
        self._configs: dict[str, str] = {}
        self._entities: dict[str, tuple[Entity, ...]] = {}
        try:
            said = json.loads(self._path.read_text("utf-8"))
            configs = {str(topic): str(config) for topic, config in said.items()}
        except FileNotFoundError:
            return
        except (OSError, ValueError, AttributeError) as fault:
            log.warning("discovery forgotten", path=str(self._path), why=str(fault))
            return
        for topic, config in configs.items():
            self._read(topic, config)

    def hear(self, topic: str, payload: bytes) -> bool:
        """Whether anything is new; it is kept then."""
        if len(payload) > CONFIG_BYTES_MOST or (
            topic not in self._configs and len(self._configs) >= CONFIGS_MOST
        ):
            log.warning("discovery beyond its bounds", topic=topic, bytes=len(payload))
            return False
        config = payload.decode("utf-8", "replace")
        if self._configs.get(topic, "") == config or not self._read(topic, config):
            return False
        self._keep()
        return True

    def topics(self) -> list[str]:
        """Those on which the announced entities speak."""
        both = (
            (entity.state_topic, entity.availability_topic)
            for found in self._entities.values()
            for entity in found
        )
        return list(dict.fromkeys(topic for pair in both for topic in pair if topic))

    def table(self) -> dict[str, tuple[Entity, ...]]:
        """For Site.entities."""
        return dict(by_topic(entity for found in self._entities.values() for entity in found))

    def _read(self, topic: str, config: str) -> bool:
        try:
            found = announced(topic, config.encode("utf-8", "replace"))
        except Undecodable as fault:
            log.warning("discovery not read", topic=topic, why=fault.reason)
            return False
        self._configs[topic], self._entities[topic] = config, found.entities
        if not config:  # withdrawn
            del self._configs[topic], self._entities[topic]
        return True

    def _keep(self) -> None:
        beside = self._path.with_suffix(".new")
        try:
            beside.write_text(json.dumps(self._configs, ensure_ascii=False), "utf-8")
            beside.replace(self._path)
        except OSError as fault:  # a full disk: the broker remembers it too
            log.warning("discovery not kept", path=str(self._path), why=str(fault))


def with_discovered(site: Site, home: Path) -> Site:
    """The site as a message of Home Assistant needs it, for replays."""
    return replace(site, entities=Discovered(home).table())
