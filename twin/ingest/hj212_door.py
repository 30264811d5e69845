"""The HJ 212 door: stations' TCP lines, each frame answered (9014) only after the commit that holds it."""

import asyncio
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from twin.engine import Engine, EngineBusy, NotCommitted
from twin.ingest.arrival import arrived
from twin.ingest.decoders import FAMILIES, PLAIN, Site
from twin.ingest.decoders.hj212_frame import Frame, Framer, Spoilt, build, parse, reply
from twin.ingest.http_rate import Rate
from twin.model.readings import Undecodable
from twin.model.signals import Batch, Fault, Message
from twin.store import utc_now

FAMILY = "hj212"
CHUNK = 16_384
CONNECTIONS_MOST = 500
# A station speaks every minute or so; one that is gone without a word must not hold a place for ever.
IDLE_S = 900.0
FRAMES_PER_S, FRAMES_BURST = 50.0, 500.0
# So much that is no frame, and it is no station.
SPOILT_MOST = 20
TRIES, TRY_AGAIN_S = 5, 1.0
REMEDY = "send ##, four digits, the segment, its CRC16 as four hex digits"
_PASSWORD = re.compile(rb"PW=[^;&]*")

log = structlog.get_logger("twin.hj212")


@dataclass(slots=True)
class Hj212Counters:
    """Sums since the start; `connections` is now."""

    connections: int = 0
    frames: int = 0
    replies: int = 0
    spoilt: int = 0
    turned_away: int = 0


class Hj212Door:
    """An event loop in its own thread. `port` is the real one once it listens, also where 0 was asked for."""

    def __init__(
        self,
        engine: Engine,
        host: str,
        port: int,
        *,
        site: Site = PLAIN,
        clock: Callable[[], datetime] = utc_now,
        idle_s: float = IDLE_S,
    ) -> None:
        self._engine, self._host, self.port = engine, host, port
        self._site, self._clock, self._idle_s = site, clock, idle_s
        self._stations: dict[str, asyncio.StreamWriter] = {}
        self._rate = Rate(FRAMES_PER_S, FRAMES_BURST)
        self._listening, self._loop = threading.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="hj212", daemon=True)
        self._end = asyncio.Event()
        self.counters = Hj212Counters()
        self.trouble: str | None = None

    def start(self) -> None:
        """Returns when it listens, or `trouble` says why not."""
        self._thread.start()
        self._listening.wait(10)

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(10)

    def report(self) -> dict[str, Any]:
        said = {"address": f"{self._host}:{self.port}", "stations": sorted(self._stations)}
        return said | {"listening": self._thread.is_alive() and not self.trouble, "trouble": self.trouble}

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as fault:
            self.trouble = f"cannot listen on {self._host}:{self.port}: {fault.strerror or fault}"
            log.error("hj212 door closed", why=self.trouble)
        finally:
            self._listening.set()
            self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._station, self._host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        log.info("hj212 door open", host=self._host, port=self.port)
        await self._end.wait()
        server.close()
        held = asyncio.all_tasks() - {asyncio.current_task()}
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)

    async def _station(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counters.connections += 1
        try:
            if self.counters.connections > CONNECTIONS_MOST:
                self.counters.turned_away += 1
                return
            await self._listen(reader, writer)
        except (OSError, TimeoutError, NotCommitted) as fault:
            log.info("hj212 station left", peer=_peer(writer), why=f"{type(fault).__name__}: {fault}"[:200])
        except Exception:
            log.exception("hj212 connection failed", peer=_peer(writer))
        finally:
            self.counters.connections -= 1
            for mn in [mn for mn, whose in self._stations.items() if whose is writer]:
                del self._stations[mn]
            writer.close()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        framer, spoilt = Framer(), 0
        while chunk := await asyncio.wait_for(reader.read(CHUNK), self._idle_s):
            found = framer.feed(chunk)
            await self._slow_down(_address(writer), len(found))
            bad = sum(isinstance(it, Spoilt) for it in found)
            spoilt = spoilt + bad if bad == len(found) else bad
            self.counters.spoilt += bad
            # A chunk's frames go in together; their answers follow the commit, in their order.
            await asyncio.gather(*(self._take(it, writer) for it in found))
            await writer.drain()
            if spoilt > SPOILT_MOST or framer.skipped > CHUNK * SPOILT_MOST:
                self.counters.turned_away += 1
                return

    async def _slow_down(self, address: str, frames: int) -> None:
        """Who sends too much is not read meanwhile, however often it comes anew."""
        while frames:
            now = min(frames, int(FRAMES_BURST))
            while wait_s := self._rate.take(address, now):
                await asyncio.sleep(wait_s)
            frames -= now

    async def _take(self, it: Frame | Spoilt, writer: asyncio.StreamWriter) -> None:
        now = self._clock()
        if isinstance(it, Spoilt):
            fault = Fault("message", it.reason, REMEDY)
            await self._commit(Message(FAMILY, _PASSWORD.sub(b"PW=", it.raw), "", (), fault), now)
            return
        self.counters.frames += 1
        # The station's password goes no further than this door.
        bare = build(_PASSWORD.sub(b"PW=", it.segment))
        await self._commit(arrived(FAMILY, "", bare, now, self._site).message, now)
        self._answer(it, writer)

    def _answer(self, frame: Frame, writer: asyncio.StreamWriter) -> None:
        with suppress(Undecodable):  # it waits among the rejects; there is nobody to answer
            said = parse(frame.segment)
            before = self._stations.get(said.mn)
            if before is not writer:
                # A station that comes anew has lost its old line, whether we have heard so or not.
                self._stations[said.mn] = writer
                if before is not None:
                    before.close()
            if answer := reply(said):
                writer.write(answer)
                self.counters.replies += 1

    async def _commit(self, message: Message, now: datetime) -> None:
        """Raises NotCommitted after some tries: the line is closed, so that the station sends again."""
        batch = Batch(FAMILY, now, title=FAMILIES[FAMILY].title.zh, messages=(message,))
        for tried in range(1, TRIES + 1):
            try:
                await asyncio.wrap_future(self._engine.submit(batch))
                return
            except (EngineBusy, NotCommitted) as fault:
                if tried == TRIES:
                    raise NotCommitted(str(fault)) from fault
                await asyncio.sleep(TRY_AGAIN_S)


def _address(writer: asyncio.StreamWriter) -> str:
    return str((writer.get_extra_info("peername") or ("",))[0])


def _peer(writer: asyncio.StreamWriter) -> str:
    return str(writer.get_extra_info("peername"))
