"""What each verb of the command line does to a twin, the same inside the running server and beside it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic, time
from typing import Any

from twin.catalog import Catalog
from twin.engine import Engine, EngineBusy, NotCommitted
from twin.ingest.decoders import SiteError
from twin.ingest.discovered import with_discovered
from twin.ingest.files import ImportOptions, ImportRefused, import_buildings
from twin.ingest.site_file import read_site
from twin.security import ApiKeys
from twin.settings import Settings
from twin.snapshot.reading import SnapshotRefused
from twin.store import BackupRefused, Store
from twin.ui.checks import as_table, check
from twin.ui.control import Emit
from twin.ui.doctor import visit_served
from twin.ui.doctor.finding import Served
from twin.ui.snapshots import snapshot
from twin.ui.verbs_devices import VERBS as DEVICE_VERBS
from twin.ui.verbs_rejects import VERBS as REJECT_VERBS
from twin.ui.verbs_rejects import replay_rejects
from twin.ui.workbooks import bring, give


@dataclass(frozen=True, slots=True)
class Workbench:
    """What a verb may use. `is_served`: people look at this twin while the verb is done, its engine runs."""

    store: Store
    keys: ApiKeys
    catalog: Catalog
    settings: Settings
    build: str
    is_served: bool = False
    engine: Engine | None = None
    doors: Callable[[], Mapping[str, Any]] = dict
    # The clock and time itself when the server began: how far they have come apart tells of a jump.
    began: tuple[float, float] = field(default_factory=lambda: (time(), monotonic()))


Args = Mapping[str, Any]
Done = dict[str, Any]


def run(bench: Workbench, verb: str, args: Args, emit: Emit) -> Done:
    """Do one verb. The answer has `ok`, `text` for people and `data` for programs."""
    do = VERBS.get(verb)
    if do is None:
        return {"ok": False, "text": f"The server knows no verb {verb!r}. Known: {', '.join(VERBS)}."}
    try:
        return do(bench, args, emit)
    except OSError as fault:
        return {"ok": False, "text": f"{verb} could not be done: {fault}. Nothing was half-written."}


def _import_buildings(bench: Workbench, args: Args, emit: Emit) -> Done:
    options = ImportOptions(
        crs=args.get("crs"),
        mapping=dict(args.get("mapping") or {}),
        dry_run=bool(args.get("dry_run")),
        default_storeys=args.get("default_storeys"),
    )

    def progress(read: int, total: int | None) -> None:
        emit({"progress": {"read": read, "total": total}})

    try:
        report = import_buildings(bench.store, Path(args["file"]), options, progress=progress)
    except ImportRefused as refused:
        return {"ok": False, "text": str(refused)}
    return {"ok": True, "text": report.table(), "data": report.to_json()}


def _import_workbook(bench: Workbench, args: Args, emit: Emit) -> Done:
    return bring(bench.store, bench.settings, args, emit, is_served=bench.is_served)


def _export_workbook(bench: Workbench, args: Args, emit: Emit) -> Done:
    return give(bench.store, bench.settings, args)


def _check(bench: Workbench, args: Args, emit: Emit) -> Done:
    findings = check(bench.store, bench.catalog)
    return {
        "ok": all(found.ok for found in findings),
        "text": as_table(findings),
        "data": [asdict(found) for found in findings],
    }


def _backup(bench: Workbench, args: Args, emit: Emit) -> Done:
    try:
        report = bench.store.backup(Path(args["target"]))
    except BackupRefused as refused:
        return {"ok": False, "text": str(refused)}
    text = (
        f"{report.path}: {report.rows} rows in {report.tables} tables, {report.bytes / 1e6:.1f} MB, verified"
    )
    return {"ok": True, "text": f"{text} ({report.seconds:.1f} s). Keep the key file elsewhere, and safe."}


def _key_create(bench: Workbench, args: Args, emit: Emit) -> Done:
    feed = str(args["feed"])
    try:
        key = bench.keys.create(feed, title=str(args.get("title") or feed), demo=bool(args.get("demo")))
    except ValueError as fault:
        return {"ok": False, "text": str(fault)}
    return {"ok": True, "text": key, "data": {"feed": feed, "key": key}}


def _key_revoke(bench: Workbench, args: Args, emit: Emit) -> Done:
    feed = str(args["feed"])
    if not bench.keys.revoke(feed):
        return {"ok": False, "text": f"No key of a feed {feed!r}. `twin key list` shows the feeds."}
    return {"ok": True, "text": f"The key of {feed} is revoked: the doors refuse it from now on."}


def _snapshot_create(bench: Workbench, args: Args, emit: Emit) -> Done:
    out, by = Path(args["out"]), str(args.get("by") or "command line")
    try:
        report = snapshot(bench.store, bench.catalog, bench.settings, bench.build, out, by)
    except SnapshotRefused as refused:
        return {"ok": False, "text": str(refused)}
    data = {"path": str(report.path), "id": report.id, "as_of": report.as_of.isoformat()}
    more = {"seconds": round(report.seconds, 2), "png": report.picture, "part_bytes": dict(report.part_bytes)}
    return {"ok": True, "text": report.text, "data": data | more}


def _rejects_replay(bench: Workbench, args: Args, emit: Emit) -> Done:
    home = bench.settings.home
    try:
        site = with_discovered(read_site(home), home)
        return replay_rejects(bench.store, args, bench.engine, site)
    except (SiteError, EngineBusy, NotCommitted) as fault:
        return {"ok": False, "text": f"{fault} What was replayed stays; the rest waits on."}


def _doctor(bench: Workbench, args: Args, emit: Emit) -> Done:
    if bench.engine is None:
        return {"ok": False, "text": "Only a running server is asked like this."}
    drift_s = (time() - bench.began[0]) - (monotonic() - bench.began[1])
    counters = bench.engine.counters
    served = Served(drift_s, bench.engine.alive, counters.restarts, counters.queued_items, bench.doors())
    return visit_served(bench.store, bench.settings, served, args)


def _of_store(do: Callable[[Store, Args], Done]) -> Callable[[Workbench, Args, Emit], Done]:
    return lambda bench, args, _: do(bench.store, args)


VERBS: Mapping[str, Callable[[Workbench, Args, Emit], Done]] = {
    "import-buildings": _import_buildings,
    "import-workbook": _import_workbook,
    "export-workbook": _export_workbook,
    "check": _check,
    "backup": _backup,
    "key-create": _key_create,
    "key-revoke": _key_revoke,
    "snapshot-create": _snapshot_create,
    **{verb: _of_store(do) for verb, do in {**DEVICE_VERBS, **REJECT_VERBS}.items()},
    "rejects-replay": _rejects_replay,
    "doctor": _doctor,
}
