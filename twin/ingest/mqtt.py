"""The MQTT door: a persistent session at QoS 1, each message acknowledged after the commit that holds it."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from select import select
from socket import socketpair
from time import monotonic
from typing import Any

import structlog
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from twin.engine import Engine, EngineBusy
from twin.ingest.arrival import arrived
from twin.ingest.decoders import FAMILIES, PLAIN, Site
from twin.ingest.decoders.ha_discovery import is_config
from twin.ingest.discovered import Discovered
from twin.ingest.mqtt_broker import Broker
from twin.ingest.mqtt_line import ReadAhead, pending
from twin.model.signals import Batch, Message, Receipt
from twin.store import utc_now

KEEPALIVE_S = 30
# How long the broker keeps our place while we are away.
SESSION_S = 7 * 24 * 3600
WAIT_FIRST_S, WAIT_MOST_S = 1.0, 60.0
# A session that lasted so long was a good one: the next wait is short again.
GOOD_SESSION_S = 60.0
BUSY_WAIT_S = 0.05
TURN_S = 1.0
# So many packets at most before what was read goes to the engine.
BURST = 500
END_S = 5.0
DISCOVERY = "home_assistant"
_PROPERTIES: Any = Properties  # paho has not typed it

log = structlog.get_logger("twin.mqtt")


@dataclass(slots=True)
class MqttCounters:
    """Sums since the start; `unacknowledged` is now."""

    received: int = 0
    acknowledged: int = 0
    redelivered: int = 0
    retained: int = 0
    foreign: int = 0
    failed: int = 0
    sessions: int = 0
    unacknowledged: int = 0


class MqttDoor:
    """Its own thread does all that touches the session; the engine's only tells what is committed."""

    def __init__(
        self,
        engine: Engine,
        broker: Broker,
        home: Path,
        *,
        site: Site = PLAIN,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._engine, self._broker, self._clock = engine, broker, clock
        self._discovered = Discovered(home)
        self._site = replace(site, entities=self._discovered.table())
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._taken: dict[str, list[tuple[Message, int, int]]] = {}
        self._committed: deque[tuple[Client, list[tuple[int, int]]]] = deque()
        self._woken, self._waking = socketpair()
        self._waking.setblocking(False)
        self._session: Client | None = None
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        self.counters = MqttCounters()
        self.connected_at: datetime | None = None
        self.trouble: str | None = "not connected yet"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Leave the session; what is not committed by now the broker keeps for the next."""
        self._stopping.set()
        self._ended.set()
        self._wake()
        if self._thread.is_alive():
            self._thread.join(END_S + KEEPALIVE_S)

    def report(self) -> dict[str, Any]:
        """For /healthz: whether the broker is there, and what was the matter last."""
        return {
            "broker": self._broker.address,
            "connected": self.connected_at is not None,
            "since": self.connected_at.isoformat() if self.connected_at else None,
            "trouble": self.trouble,
            "unacknowledged": self.counters.unacknowledged,
        }

    def _run(self) -> None:
        wait_s = WAIT_FIRST_S
        while not self._stopping.is_set():
            began = monotonic()
            try:
                self._live()
            except Exception as fault:  # noqa: BLE001  no broker, no name, a wrong certificate: all are tried again
                self.trouble = f"{type(fault).__name__}: {fault}"[:200]
            self.connected_at = None
            if self._stopping.is_set():
                return
            log.warning("mqtt session ended", broker=self._broker.address, why=self.trouble, wait_s=wait_s)
            wait_s = WAIT_FIRST_S if monotonic() - began > GOOD_SESSION_S else wait_s
            self._stopping.wait(wait_s)
            wait_s = min(WAIT_MOST_S, wait_s * 2)

    def _live(self) -> None:
        """One connection, until it breaks, ails or is to stop. Raises what connecting raises."""
        session = self._session = self._new_session()
        self._ended.clear()
        if self._stopping.is_set():
            return
        self.counters.unacknowledged = 0
        is_5 = self._broker.version == "5"
        about = _PROPERTIES(PacketTypes.CONNECT) if is_5 else None
        if about is not None:
            about.SessionExpiryInterval = SESSION_S
        more: dict[str, Any] = {"clean_start": False, "properties": about} if is_5 else {}
        session.connect(self._broker.host, self._broker.port, KEEPALIVE_S, **more)
        try:
            while not self._ended.is_set() and (line := session.socket()) is not None:
                self._turn(session, line)
        finally:
            # From now on a commit acknowledges nothing: the broker sends it again in the next session.
            self._session = None
            self._taken.clear()
            session.disconnect()
            session.loop_write()

    def _turn(self, session: Client, line: Any) -> None:
        """Read what is here, hand it over in one piece, acknowledge what was committed meanwhile."""
        writing = [line] if session.want_write() else []
        ready, _, _ = select([line, self._woken], writing, [], 0 if pending(line) else TURN_S)
        if self._woken in ready:
            self._woken.recv(4096)
        for _ in range(BURST if line in ready or pending(line) else 0):
            if session.loop_read() or not pending(line):
                break
        self._hand_over(session)
        self._acknowledge_committed(session)
        if session.want_write():
            session.loop_write()
        session.loop_misc()

    def _new_session(self) -> Client:
        broker, is_5 = self._broker, self._broker.version == "5"
        session = ReadAhead(
            CallbackAPIVersion.VERSION2,
            client_id=broker.client_id,
            clean_session=None if is_5 else False,
            protocol=MQTTProtocolVersion.MQTTv5 if is_5 else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        if broker.username:
            session.username_pw_set(broker.username, broker.password)
        if broker.is_tls:
            session.tls_set()
        session.on_connect = self._on_connect
        session.on_disconnect = self._on_disconnect
        session.on_subscribe = self._on_subscribe
        session.on_message = self._on_message
        # Packets to be sent wait for this thread's turn; without it paho sends them one by one.
        session.on_socket_register_write = lambda *_: None
        return session

    def _on_connect(self, session: Client, _: Any, __: Any, reason: Any, ___: Any) -> None:
        if reason.is_failure:
            self.trouble = f"the broker refuses: {reason}"
            self._ended.set()
            return
        topics = [filter_ for _, filter_ in self._broker.filters]
        if any(family == DISCOVERY for family, _ in self._broker.filters):
            topics += self._discovered.topics()
        session.subscribe([(topic, 1) for topic in dict.fromkeys(topics)])

    def _on_subscribe(self, session: Client, _: Any, __: Any, reasons: Any, ___: Any) -> None:
        """Only now what is sent is kept for us."""
        refused = sum(reason.is_failure for reason in reasons)
        self.trouble = f"the broker refuses {refused} of our topics" if refused else None
        if self.connected_at is None and refused < len(reasons):
            self.connected_at = self._clock()
            self.counters.sessions += 1
            log.info("mqtt connected", broker=self._broker.address, refused=refused)

    def _on_disconnect(self, session: Client, _: Any, __: Any, reason: Any, ___: Any) -> None:
        if session is self._session:
            self.trouble = self.trouble or f"connection lost: {reason}"
            self._ended.set()

    def _on_message(self, session: Client, _: Any, message: MQTTMessage) -> None:
        try:
            self._take(session, message)
        except Exception:
            # Unacknowledged: the broker sends it again in the next session.
            log.exception("mqtt message not taken", topic=message.topic)
            self._ail("a message could not be handed on")

    def _take(self, session: Client, message: MQTTMessage) -> None:
        counters, topic = self.counters, message.topic
        counters.received += 1
        counters.redelivered += bool(message.dup)
        counters.unacknowledged += 1
        if topic in self._site.entities:
            family: str | None = DISCOVERY
        else:
            family = self._broker.family_of(topic)
        if family == DISCOVERY and is_config(topic):
            self._discover(session, topic, bytes(message.payload))
        elif message.retain:
            # The broker's memory of what was said once: when, nobody knows, and no sign of life.
            counters.retained += 1
        elif family is None:
            counters.foreign += 1
        else:
            it = arrived(family, topic, bytes(message.payload), self._clock(), self._site).message
            self._taken.setdefault(family, []).append((it, message.mid, message.qos))
            return
        self._acknowledge(session, message.mid, message.qos)

    def _hand_over(self, session: Client) -> None:
        """One batch for each family of what was read in this turn."""
        for family, taken in self._taken.items():
            title = f"MQTT {FAMILIES[family].title.zh}"
            messages = tuple(message for message, _, _ in taken)
            batch = Batch(f"mqtt-{family}", self._clock(), title=title, messages=messages)
            acks = [(mid, qos) for _, mid, qos in taken]
            # A full engine makes the broker wait, which keeps what it has for us.
            while not self._ended.is_set():
                try:
                    done = self._engine.submit(batch)
                except EngineBusy:
                    self._ended.wait(BUSY_WAIT_S)
                else:
                    done.add_done_callback(partial(self._settled, session, acks))
                    break
        self._taken.clear()

    def _settled(self, session: Client, acks: list[tuple[int, int]], done: "Future[Receipt]") -> None:
        """In the engine's thread: the session's own thread does the rest."""
        if fault := done.exception():
            self.counters.failed += len(acks)
            self._ail(f"not committed: {fault}"[:200])
        else:
            self._committed.append((session, acks))
            self._wake()

    def _acknowledge_committed(self, session: Client) -> None:
        while self._committed:
            whose, acks = self._committed.popleft()
            if whose is session:
                for mid, qos in acks:
                    self._acknowledge(session, mid, qos)

    def _acknowledge(self, session: Client, mid: int, qos: int) -> None:
        self.counters.unacknowledged -= 1
        self.counters.acknowledged += 1
        session.ack(mid, qos)

    def _wake(self) -> None:
        with suppress(BlockingIOError):  # full: it wakes anyway
            self._waking.send(b"!")

    def _ail(self, why: str) -> None:
        """End the session: only a new one makes the broker send again what was not acknowledged."""
        self.trouble = why
        self._ended.set()
        self._wake()

    def _discover(self, session: Client, topic: str, payload: bytes) -> None:
        heard = set(self._discovered.topics())
        if self._discovered.hear(topic, payload):
            self._site = replace(self._site, entities=self._discovered.table())
            if new := [(one, 1) for one in self._discovered.topics() if one not in heard]:
                session.subscribe(new)
