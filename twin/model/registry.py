"""What a registered device is there for, and which life it leads."""

from collections.abc import Mapping
from typing import Literal

from twin.model.readings import Reading
from twin.spec import T

Life = Literal["in_service", "maintenance", "retired"]
LIVES: Mapping[Life, T] = {
    "in_service": T("在用", "In service"),
    "maintenance": T("维护中", "In maintenance"),
    "retired": T("已停用", "Retired"),
}
# The property a kind is there for; what else such a device observes are side readings.
MAIN: Mapping[str, str] = {
    "smoke": "smoke",
    "gas": "gas",
    "sos_button": "sos_button",
    "voice_care_panel": "voice_care_panel",
    "door_contact": "door_contact",
    "pir": "pir",
    "water": "water",
    "fume_monitor": "fume",
    "camera": "camera",
    "parking": "parking",
    "air": "pm25",
}
# Where the device itself decides, its own word is the truth; a number beside it is for the trend only, and
# must never stand in for the word.
DECIDED_BY_DEVICE = frozenset({"smoke", "gas", "sos_button", "voice_care_panel", "door_contact", "pir"})


def main_state(kind: str, reading: Reading) -> str | None:
    """The device's state that this reading tells; None when it is a side reading of such a device.

    A mean is never the state of an instant. A value alone says that the instrument works.
    """
    if reading.mean_over is not None or reading.property not in (MAIN.get(kind), "main"):
        return None
    if reading.quality == "bad":
        return "fault"
    if reading.is_test:
        return "test"
    if reading.state is not None:
        return reading.state
    return None if kind in DECIDED_BY_DEVICE or reading.value is None else "normal"


def canonical(scheme: str, external_id: str) -> str:
    """The name as our decoders read it from a message. Raises ValueError where no message could say it."""
    name = external_id.strip()
    match scheme:
        case "ieee":
            name = name.lower() if name.lower().startswith("0x") else f"0x{name.lower().replace(':', '')}"
        case "dev_eui":
            name = name.lower().replace("-", "").replace(":", "")
    # A reading's own rules are the rules of names.
    return Reading(scheme, name, "health").external_id
