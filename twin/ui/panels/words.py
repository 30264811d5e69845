"""The words of states, taken from the layers that declare them, so that list, legend and tooltip agree."""

from collections.abc import Mapping
from dataclasses import dataclass

from twin.catalog import Catalog, UnknownLayer
from twin.spec import T
from twin.spec.text import Lang
from twin.ui.panels.opened import Device, Ticket


@dataclass(frozen=True, slots=True)
class Words:
    lang: Lang
    devices: Mapping[str, T]
    tickets: Mapping[str, T]

    @classmethod
    def of(cls, catalog: Catalog, lang: Lang) -> "Words":
        devices = _states(catalog, "cameras", "condition") | _states(catalog, "devices", "condition")
        return cls(lang, devices, _states(catalog, "tickets", "state"))

    def device(self, device: Device) -> str:
        return self._of(self.devices, condition(device))

    def ticket(self, ticket: Ticket) -> str:
        return self._of(self.tickets, ticket.state)

    def _of(self, states: Mapping[str, T], state: str) -> str:
        return states[state].in_(self.lang) if state in states else state


def condition(device: Device) -> str:
    """What the devices layer calls it: the device's own word only while it is heard in time."""
    match device.freshness:
        case "online":
            return device.state or "normal"
        case "stale" | "maintenance":
            return device.freshness
    return "lost"


def _states(catalog: Catalog, layer_id: str, column: str) -> dict[str, T]:
    try:
        layer = catalog.get(layer_id)
    except UnknownLayer:
        return {}
    return next((dict(one.states) for one in layer.columns if one.name == column), {})
