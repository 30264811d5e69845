"""The verbs of the `twin` command and how they speak."""

import getpass
import json
import os
import sys
import threading
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from twin import __version__
from twin.cli import device, doctor, rejects, workbook
from twin.cli.fresh import Bounds, init_demo, init_real, parse_bounds
from twin.cli.reach import ask_or_open
from twin.settings import Settings, SettingsError, load_settings, settings_table
from twin.store import BackupRefused, Store, StoreBusy, StoreDamaged, StoreNewer, VaultError

app = typer.Typer(
    name="twin",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="The digital twin of one community: a live wall, a desk, and the doors between them.\n\n"
    "To try it: twin demo.  A real place: twin init --code … --bounds …, then twin import buildings "
    "FILE --crs …, then twin serve.",
)
import_app = typer.Typer(help="Bring a real place in from files.")
export_app = typer.Typer(no_args_is_help=True, help="Give out what the twin holds, as files.")
key_app = typer.Typer(no_args_is_help=True, help="Keys of the feeds that may use the doors in.")
snapshot_app = typer.Typer(no_args_is_help=True, help="The twin at an instant as one file, and its proof.")
app.add_typer(import_app, name="import")
app.add_typer(export_app, name="export")
app.add_typer(key_app, name="key")
app.add_typer(snapshot_app, name="snapshot")


FAULTS = (SettingsError, StoreBusy, StoreNewer, StoreDamaged, VaultError, BackupRefused)


def main() -> None:
    """Entry of `twin`: a fault that has a remedy is one sentence on stderr and exit code 2."""
    try:
        app()
    except FAULTS as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def fail(sentence: str, code: int = 2) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def _version(value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def init(
    demo: Annotated[bool, typer.Option("--demo", help="Fill it with the synthetic community.")] = False,
    seed: Annotated[int, typer.Option(help="Another number, another community (with --demo).")] = 1,
    scale: Annotated[
        float, typer.Option(min=0.2, max=10, help="1 is 1.2 km²; 2 to 10: communities (with --demo).")
    ] = 1.0,
    code: Annotated[
        str, typer.Option(help="The community's 12-digit statistical code; it is in every key.")
    ] = "",
    name: Annotated[str, typer.Option(help="The community's name as people say it.")] = "",
    bounds: Annotated[
        str, typer.Option(metavar="W,S,E,N", help="Longitudes and latitudes; they catch a wrong CRS.")
    ] = "",
) -> None:
    """Make a new twin in TWIN_HOME: empty for a real place, or the demo community."""
    settings = load_settings()
    if demo and (code or bounds or name):
        fail("--demo brings its own code, name and bounds: leave these options away.")
    if demo:
        done = init_demo(settings, seed, scale, typer.echo)
    else:
        try:
            box: Bounds | None = parse_bounds(bounds) if bounds else None
        except ValueError as fault:
            fail(str(fault))
        done = init_real(settings, code, name, box)
    _end(done)


@app.command()
def serve() -> None:
    """Serve wall and desk until Ctrl-C; one process owns the store."""
    from twin.cli.serving import serve_until_stopped

    raise typer.Exit(serve_until_stopped(load_settings()))


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Seed of the community and of its day.")] = 1,
    scale: Annotated[
        float, typer.Option(min=0.2, max=10, help="1 is 1.2 km²; 2 to 10: so many communities.")
    ] = 1.0,
    speed: Annotated[float, typer.Option(min=0.1, max=600, help="How fast its day runs.")] = 1.0,
) -> None:
    """Make the demo community on first run, serve it and simulate its life until Ctrl-C."""
    from twin.cli.household import run_demo

    raise typer.Exit(run_demo(load_settings(), seed, scale, speed))


@app.command()
def dev() -> None:
    """Serve, and start again whenever a source file changes."""
    from twin.cli.dev import serve_and_watch

    raise typer.Exit(serve_and_watch(load_settings()))


@app.command()
def simulate(
    address: Annotated[str, typer.Option(help="Where the server's doors are.")] = "http://127.0.0.1:8050",
    seed: Annotated[int, typer.Option(help="The seed the demo was made with.")] = 1,
    scale: Annotated[float, typer.Option(min=0.2, max=10, help="The scale it was made with.")] = 1.0,
    speed: Annotated[
        float,
        typer.Option(min=0.1, max=600, help="How fast the day runs. 1: true time; 60: an hour in a minute."),
    ] = 1.0,
    begins: Annotated[
        str, typer.Option("--from", metavar="HH:MM", help="The hour at which its day begins. Default: now.")
    ] = "",
    verbose: Annotated[bool, typer.Option("--verbose", help="Each minute, say what was sent.")] = False,
) -> None:
    """Live the demo community's day through the public door, until Ctrl-C. The key is read from TWIN_API_KEY.

    Devices speak by their interval, doors and motion follow the rhythm of each home, kitchens follow the
    meals, residents ask, staff walk there and close. --speed hastens what happens, never who walks; all times
    that are sent stay true. What the server has no door for yet is made, counted and told at the end.

    Exit codes: 0 stopped, 2 a word of the command is wrong, 3 the key was revoked.
    """
    from twin.demo.hours import hour_said
    from twin.demo.simulator import run

    key = os.environ.get("TWIN_API_KEY", "")
    if not key:
        fail("TWIN_API_KEY is not set. Make a key with `twin key create demo --demo` and export it.")
    try:
        hour = hour_said(begins) if begins else None
    except ValueError as fault:
        fail(f"--from: {fault}")
    stop = threading.Event()
    raise typer.Exit(run(address, key, seed, scale, speed, stop, began_hour=hour, verbose=verbose))


@import_app.command("buildings")
def import_buildings(
    file: Annotated[Path, typer.Argument(help="GeoJSON, GeoPackage, Shapefile, CityJSON or OSM PBF.")],
    crs: Annotated[
        str, typer.Option(help="What its coordinates are: EPSG:n, wgs84, cgcs2000, gcj02 or bd09.")
    ] = "",
    fields: Annotated[
        str, typer.Option("--map", metavar="storeys=Floor,height=height", help="Which field holds what.")
    ] = "",
    default_storeys: Annotated[
        int,
        typer.Option(min=0, max=200, help="Storeys where neither storeys nor height is known; 0: reject."),
    ] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The whole report as JSON.")] = False,
) -> None:
    """Import building footprints. All or nothing; the same file twice changes nothing."""
    try:
        mapping = dict(pair.split("=", 1) for pair in fields.split(",") if pair)
    except ValueError:
        fail(f"--map wants pairs like storeys=Floor,height=height; it is {fields!r}.")
    args: dict[str, Any] = {
        "file": str(file.resolve()),
        "crs": crs or None,
        "mapping": mapping,
        "dry_run": dry_run,
        "default_storeys": default_storeys or None,
    }
    _verb("import-buildings", args, as_json)


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Hold every layer and the whole model against their rules, as a table. Exit 1 if one is broken."""
    _verb("check", {}, as_json)


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="A new folder for the copy.")]) -> None:
    """Copy the whole twin while it runs, and verify the copy."""
    _verb("backup", {"target": str(target.resolve())})


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A folder that `twin backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Put it over a twin that is there.")] = False,
) -> None:
    """Verify a backup and put it into TWIN_HOME. The server must be stopped."""
    settings = load_settings()
    report = Store.restore(source, settings.home, force=force)
    kept = f" What was there is kept in {report.replaced}." if report.replaced else ""
    typer.echo(
        f"Restored {report.rows} rows in {report.tables} tables as of {report.made_at:%Y-%m-%d %H:%M} UTC, "
        f"verified, into {report.home} ({report.seconds:.1f} s).{kept}"
    )


@key_app.command("create")
def key_create(
    feed: Annotated[str, typer.Argument(help="Short name of the feed, e.g. smoke-kits.")],
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="What it sends is simulated.")] = False,
) -> None:
    """Make a feed's key. It is printed once; only its hash is kept."""
    _verb("key-create", {"feed": feed, "title": title, "demo": demo})


@key_app.command("revoke")
def key_revoke(feed: Annotated[str, typer.Argument(help="The feed whose key is to die.")]) -> None:
    """Refuse a feed's key from now on."""
    _verb("key-revoke", {"feed": feed})


@snapshot_app.command("create")
def snapshot_create(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder that takes the file.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Pack what the wall may see, as of the last commit: tables, an offline scene and its picture."""
    _verb("snapshot-create", {"out": str(out.resolve()), "by": getpass.getuser()}, as_json)


@snapshot_app.command("verify")
def snapshot_verify(file: Annotated[Path, typer.Argument(help="A snapshot, from anywhere.")]) -> None:
    """Find any changed byte and name its part. Needs no twin. Exit 1 if one is found."""
    from twin.snapshot.verifying import verify

    try:
        verdict = verify(file)
    except OSError as fault:
        fail(f"{file} cannot be read: {fault.strerror}.")
    typer.echo(verdict.text, err=not verdict.ok)
    raise typer.Exit(0 if verdict.ok else 1)


@app.command()
def settings() -> None:
    """Print every setting with its variable, key and default."""
    typer.echo(settings_table(), nl=False)


def _verb(verb: str, args: dict[str, Any], as_json: bool = False) -> NoReturn:
    current: Settings = load_settings()
    _end(ask_or_open(current, verb, args, _progress), as_json)


def _progress(message: dict[str, Any]) -> None:
    if sys.stderr.isatty() and "progress" in message:
        read, total = message["progress"]["read"], message["progress"]["total"]
        sys.stderr.write(f"\r{read}{f' of {total}' if total else ''} read ")
        sys.stderr.flush()


def _end(done: dict[str, Any], as_json: bool = False) -> NoReturn:
    if as_json and "data" in done:
        typer.echo(json.dumps(done["data"], ensure_ascii=False, indent=2, default=str))
    else:
        typer.echo(done["text"], err=not done["ok"] and "data" not in done)
    raise typer.Exit(0 if done["ok"] else 1 if "data" in done else 2)


workbook.add(import_app, export_app, _verb)
device.add(app, _verb)
rejects.add(app, _verb)
doctor.add(app)
