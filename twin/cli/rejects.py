"""`twin rejects …`: messages that could not be taken, with their bytes, the reason and the remedy."""

import getpass
from collections.abc import Callable
from typing import Annotated, Any

import typer

Verb = Callable[[str, dict[str, Any], bool], None]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
Feed = Annotated[str, typer.Option(help="Only of this feed.")]


def add(app: typer.Typer, verb: Verb) -> None:
    """Hang the commands into the `twin` command."""
    rejects = typer.Typer(no_args_is_help=True, help="What could not be taken: look, mend, replay.")
    app.add_typer(rejects, name="rejects")

    @rejects.command("list")
    def list_(
        feed: Feed = "",
        all_: Annotated[bool, typer.Option("--all", help="The settled ones too.")] = False,
        as_json: AsJson = False,
    ) -> None:
        """What waits, the newest first."""
        verb("rejects-list", {"feed": feed, "all": all_}, as_json)

    @rejects.command()
    def show(reject: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
        """One message with its bytes, the reason and the remedy."""
        verb("rejects-show", {"id": reject}, as_json)

    @rejects.command()
    def replay(
        ids: Annotated[list[str] | None, typer.Argument(metavar="ID")] = None,
        all_: Annotated[bool, typer.Option("--all", help="Everything that waits.")] = False,
        feed: Feed = "",
        as_json: AsJson = False,
    ) -> None:
        """Take them again, at the time at which they came. What still cannot be taken waits on."""
        args = {"ids": ids or [], "all": all_, "feed": feed, "by": getpass.getuser()}
        verb("rejects-replay", args, as_json)

    @rejects.command()
    def settle(
        ids: Annotated[list[str], typer.Argument(metavar="ID")],
        note: Annotated[str, typer.Option(help="Why nobody needs them.")],
    ) -> None:
        """Lay them aside with a word why; they are kept for 30 days."""
        verb("rejects-settle", {"ids": ids, "note": note, "by": getpass.getuser()}, False)
