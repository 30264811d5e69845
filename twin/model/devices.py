"""The kinds of devices: their words, and how long silence may last before a device counts as lost."""

from collections.abc import Mapping
from dataclasses import dataclass

from twin.spec import T

STALE_FACTOR = 1.5


@dataclass(frozen=True, slots=True)
class DeviceKind:
    """Silent for `offline_factor` × its expected interval = offline (2 where a life may depend on it)."""

    id: str
    title: T
    offline_factor: float = 3.0


KINDS: Mapping[str, DeviceKind] = {
    kind.id: kind
    for kind in (
        DeviceKind("smoke", T("烟感", "Smoke detector"), offline_factor=2.0),
        DeviceKind("gas", T("燃气探测器", "Gas detector"), offline_factor=2.0),
        DeviceKind("sos_button", T("一键报警按钮", "SOS button"), offline_factor=2.0),
        DeviceKind("voice_care_panel", T("AI 语音照护屏", "Voice care panel"), offline_factor=2.0),
        DeviceKind("door_contact", T("无线门磁", "Door contact")),
        DeviceKind("pir", T("人体红外", "Motion sensor")),
        DeviceKind("water", T("水位计", "Water level gauge")),
        DeviceKind("fume_monitor", T("油烟监测仪", "Oil-fume monitor")),
        DeviceKind("camera", T("摄像头", "Camera")),
        DeviceKind("parking", T("车位检测器", "Parking sensor")),
        DeviceKind("air", T("空气质量站", "Air quality station")),
    )
}
OTHER = DeviceKind("other", T("其他设备", "Other device"))


def kind_of(kind: str) -> DeviceKind:
    """The kind's words and limits; a kind we do not know is treated as an ordinary device."""
    return KINDS.get(kind, OTHER)
