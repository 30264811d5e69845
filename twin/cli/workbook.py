"""`twin import workbook`, `twin import --template` and `twin export workbook`."""

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

# (verb, arguments, as JSON): does the verb and ends the process.
Verb = Callable[[str, dict[str, Any], bool], None]


def add(import_app: typer.Typer, export_app: typer.Typer, verb: Verb) -> None:
    """Hang the workbook's commands into the two groups."""

    @import_app.callback(invoke_without_command=True)
    def template(
        context: typer.Context,
        template: Annotated[
            Path | None,
            typer.Option("--template", metavar="FILE.xlsx|FOLDER", help="Write the workbook, as an example."),
        ] = None,
        scale: Annotated[float, typer.Option(min=0.2, max=1, help="How large the example is.")] = 0.2,
        empty: Annotated[bool, typer.Option("--empty", help="Headers and help only.")] = False,
    ) -> None:
        if template is not None:
            _write(template, scale, empty=empty)
            raise typer.Exit
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())
            raise typer.Exit

    @import_app.command("workbook")
    def import_workbook(
        file: Annotated[Path, typer.Argument(help="An .xlsx, or a folder of CSV (UTF-8 or GBK).")],
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would change only.")] = False,
        demo: Annotated[bool, typer.Option("--demo", help="Every row is invented: mark it so.")] = False,
        all_or_nothing: Annotated[
            bool,
            typer.Option("--all-or-nothing/--keep-good", help="Nothing if any row is bad, or what is good."),
        ] = False,
        crs: Annotated[
            str, typer.Option(help="What its coordinates are, if 说明 does not say: cgcs2000, gcj02, …")
        ] = "",
        as_json: Annotated[bool, typer.Option("--json", help="The whole report as JSON.")] = False,
    ) -> None:
        """Import the community's lists from one workbook. The same file twice changes nothing."""
        args = {"file": str(file.resolve()), "dry_run": dry_run, "demo": demo, "crs": crs}
        verb("import-workbook", args | {"all_or_nothing": all_or_nothing}, as_json)

    @export_app.command("workbook")
    def export_workbook(
        file: Annotated[Path, typer.Argument(help="A new .xlsx, or a new folder for CSV.")],
        reason: Annotated[
            str,
            typer.Option(help="Why names and numbers are needed: it is written down. Else they are masked."),
        ] = "",
        code: Annotated[str, typer.Option(help="Which community, when the twin holds several.")] = "",
        as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    ) -> None:
        """Write what the twin holds as a workbook that can be imported again."""
        args = {"file": str(file.resolve()), "reason": reason, "code": code, "by": getpass.getuser()}
        verb("export-workbook", args, as_json)


def _write(path: Path, scale: float, *, empty: bool) -> None:
    from twin.ingest.files import ImportRefused

    try:
        typer.echo(write_template(path, scale, empty=empty))
    except (ImportRefused, OSError) as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(2) from fault


def write_template(path: Path, scale: float, *, empty: bool = False) -> str:
    """The workbook filled with the demo. Raises ImportRefused for a target that cannot be."""
    from twin.demo import generate
    from twin.demo.rows import COMMUNITY12, LAT0, LON0
    from twin.ingest.workbook.book import Info
    from twin.ingest.workbook.exporting import CRS, refuse_target, write_book
    from twin.ingest.workbook.rows import sheets_of
    from twin.model.coordinates import LocalFrame

    refuse_target(path)
    info = Info("" if empty else COMMUNITY12, CRS, demo=not empty)
    if empty:
        write_book(path, {}, info)
        return f"{path} has every sheet and column, and no rows. What to fill in stands in 说明."
    sheets = sheets_of(generate(scale=scale).tables, LocalFrame(LON0, LAT0))
    write_book(path, sheets, info)
    rows = sum(len(each) for each in sheets.values())
    return f"{path} has {rows} invented rows as the example. What to fill in stands in 说明."
