"""The one server: opens the store, starts the engine, joins the rooms to two Dash apps on one Flask."""

import atexit
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import structlog
from flask import Flask, redirect
from werkzeug.wrappers import Response as AnyResponse

import twin
from twin.catalog import Catalog
from twin.engine import Engine
from twin.ingest.http import blueprint as ingest_doors
from twin.live import Frames, Health, Hub, LiveParts, Meters
from twin.live import blueprint as live_routes
from twin.live.build import build_id
from twin.model.clearance import DESK, WALL
from twin.model.coordinates import LocalFrame
from twin.security import ApiKeys, Guard, Sessions, serve_refusals
from twin.settings import Settings, SettingsError
from twin.store import Store, utc_now
from twin.ui.board import QUERIES, feed_rows
from twin.ui.control import Control
from twin.ui.desk import desk_app
from twin.ui.doors import Doors
from twin.ui.routes import answer_faults, pages_data
from twin.ui.routes_scene import community, layer_packed
from twin.ui.routes_snapshots import snapshots
from twin.ui.routes_static import Bundle, Zipper, files
from twin.ui.search import Index, search
from twin.ui.server_log import log_as_json, measure
from twin.ui.services import Services, Shelf
from twin.ui.supervisor import Supervisor
from twin.ui.verbs import Workbench
from twin.ui.verbs import run as run_verb
from twin.ui.wall import wall_app

AGE_EVERY_S = 5.0
THREAD_END_S = 10.0
PACKAGE = Path(twin.__file__).parent

log = structlog.get_logger("twin.server")


class NotServed(Exception):
    """This twin must not be served as it is; the sentences say why and what to do."""


@dataclass
class Running:
    """What a server holds open; `close` lets go of all of it, in order, once."""

    store: Store
    engine: Engine
    hub: Hub
    frames: Frames
    services: Services
    bundle: Bundle
    doors: Doors
    supervisor: Supervisor
    control: Control | None = None
    _threads: list[threading.Thread] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    _closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def quiet(self) -> None:
        """End the streams, so that nothing keeps a stopping server waiting."""
        if not self.ended.is_set():
            self.ended.set()
            self.hub.stop()

    @property
    def stopping(self) -> bool:
        return self.ended.is_set()

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self.quiet()
            if self.control:
                self.control.close()
            self.doors.close()
            for thread in self._threads:
                thread.join(THREAD_END_S)
            self.engine.stop()
            self.store.close()
            log.info("closed", seq=self.store.seq)

    def beside(self, name: str, work: Callable[[], None]) -> None:
        """Run `work` in a thread that ends before the store closes; it must look at `stopping`."""
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def watch_age(self) -> None:
        """Ring for what time alone changes: devices that fell silent, feeds that stopped."""
        while not self.ended.wait(AGE_EVERY_S):
            try:
                self.hub.age(self.frames.aged((WALL, DESK)))
            except Exception:
                # One failed look (a full disk, say) must not leave the walls believing old readings for ever.
                log.exception("ages not looked at")


def create(settings: Settings, layers_package: ModuleType) -> Flask:
    """The wired server. Raises StoreBusy, StoreNewer, LayerFault or NotServed, with words to act on."""
    log_as_json()
    # The layers are held against one another before anything is opened: a fault leaves nothing behind.
    catalog = Catalog.of(layers_package)
    running = _open(settings, catalog, build_id((PACKAGE, Path(str(layers_package.__path__[0])))))
    try:
        app = _wired(running, settings)
    except BaseException:
        running.close()
        raise
    atexit.register(running.close)
    log.info("serving", build=running.services.build, seq=running.store.seq, home=str(settings.home))
    return app


def warm(app: Flask) -> None:
    """Draw the still layers and index the search in the background, so that the first page need not wait."""
    running = running_of(app)
    running.beside("warm", partial(_warm, running))


def _warm(running: Running) -> None:
    services = running.services
    try:
        running.bundle.form("br")
        for clearance in (WALL, DESK):
            for layer in services.catalog.layers:
                if running.stopping:
                    return
                if not layer.live:
                    layer_packed(services, layer.id, clearance, None)
        search(services, "1", DESK)
    except Exception:
        # Nothing is lost: whoever asks first waits for it.
        log.warning("not warmed", exc_info=True)


def run(settings: Settings) -> NoReturn:
    """Become gunicorn with one worker; what was set by hand goes along in the environment."""
    named = {f"TWIN_{name.upper()}": str(value) for name, value in settings.model_dump().items()}
    words = [sys.executable, "-m", "gunicorn", "-c", "python:twin.ui.gunicorn_conf", "app:create()"]
    os.execve(sys.executable, words, {**os.environ, **named})  # noqa: S606  our own interpreter, no shell


def running_of(app: Flask) -> Running:
    return app.extensions["twin"]


def _open(settings: Settings, catalog: Catalog, build: str) -> Running:
    store = Store.open(settings.home)
    if why := serve_refusals(settings, store):
        store.close()
        raise NotServed("\n".join(why))
    if store.recovery:
        log.warning("recovered", said=store.recovery.sentence, kept=str(store.recovery.kept))
    engine = Engine(store, utc_now)
    try:
        doors = Doors.of(settings, engine)
    except SettingsError:
        store.close()
        raise
    hub = Hub(
        {layer.id: store.tables_of(layer.sql) for layer in catalog.layers},
        frozenset().union(*(store.tables_of(sql) for sql in QUERIES)),
        seq=store.seq,
        version=store.version,
        viewers_max=settings.viewers_max,
    )
    store.subscribe(hub.hear)
    frames = Frames(store, catalog, utc_now)
    services = Services(store, catalog, settings, frames, utc_now, build, Shelf(), Index())
    supervisor = Supervisor(store, engine)
    running = Running(store, engine, hub, frames, services, Bundle(settings.home), doors, supervisor)
    engine.start()
    doors.open()
    running.beside("age", running.watch_age)
    running.beside("supervisor", partial(supervisor.run, running.ended))
    return running


def _wired(running: Running, settings: Settings) -> Flask:
    app = Flask("twin", static_folder=None)
    app.extensions["twin"] = running
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider has it, its base not
    store, services = running.store, running.services
    keys, meters = ApiKeys(settings.home), _meters(running)
    # The guard is asked first of all, and its headers are the last that are set.
    guard = Guard(app, Sessions(settings.home), keys, settings)
    measure(app, meters)
    Zipper().install(app)
    app.register_blueprint(
        ingest_doors(running.engine, keys, partial(_frame, services), settings, site=running.doors.site)
    )
    health = Health(
        store,
        running.engine,
        lambda: feed_rows(services, DESK),
        utc_now,
        services.build,
        twin.__version__,
        lambda: running.stopping,
        running.doors.report,
        lambda: running.supervisor.fault,
    )
    live = LiveParts(running.hub, running.frames, health, meters, services.build, utc_now)
    app.register_blueprint(live_routes(live))
    app.register_blueprint(pages_data(services))
    app.register_blueprint(snapshots(services))
    app.register_blueprint(files(settings.home, running.bundle))
    answer_faults(app)
    _pages(app, guard, settings, services)
    bench = Workbench(
        store, keys, services.catalog, settings, services.build, True, running.engine, running.doors.report
    )
    running.control = Control(settings.home, partial(run_verb, bench))
    return app


def _pages(app: Flask, guard: Guard, settings: Settings, services: Services) -> None:
    wall = wall_app(app, settings)
    desk = desk_app(app, settings, services)
    for page in (wall, desk):
        guard.allow_scripts(page.csp_hashes())

    @app.get("/")
    def root() -> AnyResponse:
        return redirect("/wall")

    @app.get("/wall")
    def wall_page() -> str:
        return wall.index()

    @app.get("/desk")
    def desk_page() -> str:
        return desk.index()

    @app.get("/building/<building_id>")
    def building_page(building_id: str) -> str:
        return desk.index()

    guard.refuse_uncovered()


def _frame(services: Services) -> LocalFrame:
    """The community's metres; its origin comes with its first import, so each batch asks."""
    version = services.store.version(("community",))
    place = services.shelf.take(("origin", version), lambda: community(services, DESK))
    return LocalFrame(place["lon0"], place["lat0"])


def _meters(running: Running) -> Meters:
    meters = Meters()
    hub, frames, store, engine = running.hub, running.frames, running.store, running.engine
    meters.gauge("twin_viewers", "Pages that listen", lambda: hub.viewers)
    meters.gauge("twin_rings", "Bells rung since the start", lambda: hub.rings)
    meters.gauge("twin_commits", "Commits of this file", lambda: store.seq)
    meters.gauge("twin_frames_encoded", "Frames encoded since the start", lambda: frames.encoded)
    meters.gauge("twin_frame_bytes", "Bytes encoded since the start", lambda: frames.encoded_bytes)
    meters.gauge("twin_encode_seconds", "Seconds spent encoding frames", lambda: frames.encode_s)
    shelf = running.services.shelf
    meters.gauge("twin_shelf_answers", "Made answers kept for the next who asks", lambda: len(shelf))
    for counted in fields(engine.counters):
        meters.gauge(
            f"twin_engine_{counted.name}",
            f"The engine's {counted.name}",
            partial(_counted, engine, counted.name),
        )
    running.doors.measure(meters)
    return meters


def _counted(engine: Engine, name: str) -> float:
    return float(getattr(engine.counters, name))
