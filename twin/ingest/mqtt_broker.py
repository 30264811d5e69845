"""Which broker, as whom, and which family of payloads each topic belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from paho.mqtt.client import topic_matches_sub

from twin.ingest.decoders import FAMILIES
from twin.settings import Settings, SettingsError

PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True)
class Broker:
    """`filters` are families with a topic filter each, in the order in which they are asked."""

    host: str
    port: int
    is_tls: bool
    username: str
    password: str
    client_id: str
    version: str
    filters: tuple[tuple[str, str], ...]

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    @cached_property
    def _families(self) -> dict[str, str | None]:
        return {}

    def family_of(self, topic: str) -> str | None:
        """The family whose filter matches first; devices' topics are few and come again and again."""
        if topic not in self._families:
            if len(self._families) > 100_000:
                self._families.clear()
            matching = (family for family, filter_ in self.filters if topic_matches_sub(filter_, topic))
            self._families[topic] = next(matching, None)
        return self._families[topic]


def broker_of(settings: Settings) -> Broker | None:
    """None where no broker is set. Raises SettingsError."""
    if not settings.mqtt_url:
        return None
    try:
        url = urlsplit(settings.mqtt_url)
        port = url.port
    except ValueError as fault:
        raise SettingsError(f"mqtt_url: {fault}. Write it as mqtt://127.0.0.1:1883.") from fault
    if url.scheme not in PORTS or not url.hostname or url.path.strip("/") or url.password:
        raise SettingsError(
            "mqtt_url: write it as mqtt://HOST:PORT or mqtts://HOST:PORT, without a password."
        )
    return Broker(
        url.hostname,
        port or PORTS[url.scheme],
        url.scheme == "mqtts",
        settings.mqtt_username,
        _password(settings),
        settings.mqtt_client_id,
        settings.mqtt_version,
        tuple(_filters(settings.mqtt_topics)),
    )


def _password(settings: Settings) -> str:
    if not settings.mqtt_username:
        return ""
    path = settings.mqtt_password_file.expanduser()
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"mqtt_password_file: {path} cannot be read: {fault}.") from fault


def _filters(said: str) -> Iterator[tuple[str, str]]:
    """`own zigbee2mqtt=z2m/#`: a family alone has its usual topics."""
    for word in said.split():
        family, equals, filter_ = word.partition("=")
        usual = FAMILIES[family].topics if family in FAMILIES else ()
        if not usual or (equals and not filter_):
            known = ", ".join(name for name, about in FAMILIES.items() if about.topics)
            raise SettingsError(f"mqtt_topics: {word!r} is no FAMILY or FAMILY=FILTER. Families: {known}.")
        yield from ((family, one) for one in ((filter_,) if equals else usual))
