"""A mosquitto.conf held against what is needed not to lose messages (measured on 2.0.11)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from twin.spec import T

AUTOSAVE_MAX_S = 5


@dataclass(frozen=True, slots=True)
class Needed:
    """`default` is mosquitto's own when the file does not say; `keeps` judges what it says."""

    key: str
    default: str
    write: str
    keeps: Callable[[str], bool]
    why: T


NEEDED = (
    Needed(
        "max_inflight_messages",
        "20",
        "0",
        lambda said: said == "0",
        T(
            "每次提交只能确认这么多条,吞吐约 100 条/秒",
            "only so many are acknowledged a commit: about 100 messages/s",
        ),
    ),
    Needed(
        "max_queued_messages",
        "1000",
        "0",
        lambda said: said == "0",
        T("排队超过即丢弃", "what is queued beyond it is dropped"),
    ),
    Needed(
        "persistence",
        "false",
        "true",
        lambda said: said == "true",
        T("重启即丢失排队消息", "what is queued is lost when the broker restarts"),
    ),
    Needed(
        "autosave_interval",
        "1800",
        str(AUTOSAVE_MAX_S),
        lambda said: said.isdigit() and 0 < int(said) <= AUTOSAVE_MAX_S,
        T("被杀死时丢失这段时间的消息", "a killed broker loses the messages of that time"),
    ),
)


@dataclass(frozen=True, slots=True)
class Losing:
    """A setting by which this broker loses messages."""

    key: str
    said: str
    write: str
    why: T


def losing(path: Path) -> list[Losing]:
    """What must be written otherwise; empty for a broker that keeps its messages. Raises OSError."""
    said = dict(_said(path))
    return [
        Losing(need.key, said.get(need.key, need.default), need.write, need.why)
        for need in NEEDED
        if not need.keeps(said.get(need.key, need.default))
    ]


def _said(path: Path) -> Iterator[tuple[str, str]]:
    """The last word on each key wins; `include_dir` is read as mosquitto does, in the order of names."""
    for line in path.read_text("utf-8", "replace").splitlines():
        key, _, value = line.strip().partition(" ")
        if key == "include_dir":
            for part in sorted(Path(value.strip()).glob("*.conf")):
                yield from _said(part)
        elif key and not key.startswith("#"):
            yield key, value.strip()
