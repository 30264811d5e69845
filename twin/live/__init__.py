"""The change stream: bells that say what changed, frames encoded once for all who may see the same."""

from twin.live.bells import Bell, Hub, HubFull
from twin.live.frames import Frames, NotLive
from twin.live.health import Health, Meters
from twin.live.routes import LiveParts, blueprint

__all__ = ["Bell", "Frames", "Health", "Hub", "HubFull", "LiveParts", "Meters", "NotLive", "blueprint"]
