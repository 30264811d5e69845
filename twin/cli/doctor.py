"""`twin doctor`: how the twin is, in plain words; asked of the running server, else of the closed home."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from twin.settings import Settings, load_settings
from twin.ui.control import NoAnswer, NoServer, ask

ANSWER_S = 60.0


def add(app: typer.Typer) -> None:
    """Hang the command into the `twin` command."""

    @app.command()
    def doctor(
        repair: Annotated[bool, typer.Option("--repair", help="Mend what can safely be mended.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="As JSON, in both languages.")] = False,
        lang: Annotated[str, typer.Option(help="en or zh.")] = "en",
        broker_conf: Annotated[
            Path | None, typer.Option(metavar="FILE", help="The mosquitto.conf to hold against losing.")
        ] = None,
    ) -> None:
        """Say how the twin is, and what to do about it.

        Exit codes: 0 whole, 1 something needs a person, 2 it could not look.
        """
        if lang not in ("zh", "en"):
            typer.echo(f"--lang is zh or en; it is {lang!r}.", err=True)
            raise typer.Exit(2)
        args = {
            "repair": repair,
            "lang": lang,
            "broker_conf": str(broker_conf.resolve()) if broker_conf else "",
        }
        done = _asked(load_settings(), args)
        code = int(done.get("exit", 2))
        if as_json and "data" in done:
            typer.echo(json.dumps(done["data"], ensure_ascii=False, indent=2))
        else:
            typer.echo(done["text"], err="data" not in done)
        raise typer.Exit(code)


def _asked(settings: Settings, args: dict[str, Any]) -> dict[str, Any]:
    """Raises StoreBusy when a stranger holds the home."""
    if not settings.home.is_dir():
        return {"text": f"There is no twin at {settings.home}. Make one with `twin init`, or set TWIN_HOME."}
    try:
        return ask(settings.home, "doctor", args, lambda _: None, answer_s=ANSWER_S)
    except NoAnswer:
        return {
            "text": f"The server of {settings.home} runs but did not answer in {ANSWER_S:.0f} s: it hangs. "
            "End its process and start it again; what it had acknowledged is on the disk."
        }
    except NoServer:
        from twin.ui.doctor import visit_closed

        return visit_closed(settings, args)
