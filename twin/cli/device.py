"""`twin device …`: the register of devices from the command line."""

import getpass
from collections.abc import Callable
from typing import Annotated, Any

import typer

Verb = Callable[[str, dict[str, Any], bool], None]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
Device = Annotated[str, typer.Argument(metavar="DEVICE", help="Its id in this twin.")]
Note = Annotated[str, typer.Option(help="Why, in a few words.")]


def add(app: typer.Typer, verb: Verb) -> None:
    """Hang the commands into the `twin` command."""
    device = typer.Typer(no_args_is_help=True, help="The register of devices: names, lives, what they say.")
    app.add_typer(device, name="device")
    _looking(device, verb)
    _changing(device, verb)


def _looking(device: typer.Typer, verb: Verb) -> None:
    @device.command("list")
    def list_(
        kind: Annotated[str, typer.Option(help="Only of this kind, e.g. smoke.")] = "",
        silent: Annotated[bool, typer.Option("--silent", help="Only those that are not heard.")] = False,
        as_json: AsJson = False,
    ) -> None:
        """Every device: life, whether it is heard, battery, health, and its senders' names for it."""
        verb("device-list", {"kind": kind, "silent": silent}, as_json)

    @device.command()
    def show(device: Device, as_json: AsJson = False) -> None:
        """One device with its last readings and its lives."""
        verb("device-show", {"device": device}, as_json)


def _changing(device: typer.Typer, verb: Verb) -> None:
    @device.command("add")
    def add_(
        device: Device,
        kind: Annotated[str, typer.Option(help="smoke, gas, sos_button, door_contact, pir, …")],
        label: Annotated[str, typer.Option(help="What people call it.")] = "",
        unit: Annotated[str, typer.Option(help="The dwelling it hangs in.")] = "",
        building: Annotated[str, typer.Option(help="The building it hangs in.")] = "",
        storey: Annotated[int | None, typer.Option(help="The storey: 0 is the ground floor.")] = None,
        x: Annotated[float | None, typer.Option(help="Metres east of the community's origin.")] = None,
        y: Annotated[float | None, typer.Option(help="Metres north of it.")] = None,
        interval_s: Annotated[int, typer.Option(min=1, help="It speaks at least so often.")] = 3600,
        public: Annotated[bool, typer.Option("--public", help="In no home: the wall may show it.")] = False,
    ) -> None:
        """Register a device."""
        about: dict[str, Any] = {
            "kind": kind,
            "label": label,
            "unit_id": unit or None,
            "building_id": building or None,
        }
        about |= {"storey_ordinal": storey, "x_m": x, "y_m": y, "interval_s": interval_s, "is_public": public}
        verb("device-change", {"do": "add", "device": device, "about": about}, False)

    @device.command()
    def name(
        device: Device,
        scheme: Annotated[str, typer.Argument(help="imei, ieee, dev_eui, hj212_mn, z2m, ha, tasmota, …")],
        external: Annotated[str, typer.Argument(metavar="NAME", help="What its messages call it.")],
        move: Annotated[bool, typer.Option("--move", help="Take the name from its device.")] = False,
    ) -> None:
        """Tell by which name a sender knows the device."""
        args = {"do": "name", "device": device, "scheme": scheme, "external": external, "move": move}
        verb("device-change", args, False)

    def life(do: str, words: str) -> None:
        @device.command({"in_service": "service", "retired": "retire"}.get(do, do), help=words)
        def change(device: Device, note: Note = "") -> None:
            verb("device-change", {"do": do, "device": device, "note": note, "by": getpass.getuser()}, False)

    life("maintenance", "Somebody works on it: its silence is no loss.")
    life("in_service", "Back from maintenance or retirement.")
    life("retired", "It is gone: no longer shown or listened to. Its past stays.")
