"""A damaged write-ahead log at start-up: keep it aside, open what is good, say what was lost."""

import contextlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from twin.spec import T
from twin.store import durable, wal
from twin.store.connect import FILE_NAME, connect

QUARANTINE = "quarantine"
TOLD = "-recovery.json"
_LOGS = (".wal", ".wal.checkpoint", ".wal.recovery")


class StoreDamaged(RuntimeError):
    """The file itself cannot be opened, with or without its log."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What start-up set aside and what was lost with it. `lost_seqs` is None when it cannot be told."""

    words: T
    kept: tuple[Path, ...]
    lost_seqs: range | None

    @property
    def sentence(self) -> str:
        return self.words.en


def open_good(home: Path, now: datetime) -> tuple[duckdb.DuckDBPyConnection, tuple[Path, ...]]:
    """Open the home's file; of a damaged log everything before the damage. Returns what was set aside."""
    path = home / FILE_NAME
    aside = _Aside(home, now)
    log = path.with_name(path.name + ".wal")
    if log.exists() and not wal.scan(log.read_bytes(), check=False).is_whole:
        # A torn tail is what kill -9 leaves; DuckDB cuts it off without a word, so keep a copy first.
        aside.copy(log)
    attempts: tuple[Callable[[], None], ...] = (
        lambda: None,
        lambda: _cut(log, aside),
        lambda: aside.move_logs(path),
    )
    failure: duckdb.Error | None = None
    for prepare in attempts:
        prepare()
        try:
            return connect(path, home), aside.kept()
        except duckdb.Error as error:
            if is_lock_conflict(error):
                raise
            failure = error
            if "WAL" not in str(error):
                break  # a full disk or a wrong file is no reason to give up the log
    aside.move_back(path)
    raise StoreDamaged(
        f"{path} cannot be opened: {str(failure).splitlines()[0]} It was left as it is. "
        "If the disk is full or read-only, mend that; else restore a backup: twin restore BACKUP --force."
    ) from failure


def is_lock_conflict(error: duckdb.Error) -> bool:
    return isinstance(error, duckdb.IOException) and "lock" in str(error).lower()


def judge(kept: tuple[Path, ...], acknowledged_seq: int, seq: int) -> Recovery | None:
    """Compare what was acknowledged with what is there; a torn tail nobody was told of is no loss."""
    lost = range(seq + 1, acknowledged_seq + 1)
    damaged = tuple(path for path in kept if not path.name.endswith(".torn"))
    if not lost and not damaged:
        for path in kept:
            path.unlink()
        return None
    where = ", ".join(str(path) for path in kept)
    if lost:
        zh = f"数据日志损坏:已打开完好部分(至提交 {seq}),丢失提交 {lost[0]}–{lost[-1]}。"
        en = f"The data log was damaged: open up to commit {seq}; commits {lost[0]}–{lost[-1]} are lost."
    else:
        zh = f"数据日志损坏:已打开完好部分(至提交 {seq});已确认的提交没有丢失。"
        en = f"The data log was damaged: open up to commit {seq}; no acknowledged commit is missing."
    if kept:
        zh, en = f"{zh}损坏的文件保留在 {where}", f"{en} The damaged file is kept at {where}"
    return Recovery(T(zh, en), kept, lost if lost else None)


@dataclass(frozen=True, slots=True)
class Told:
    """What a start once set aside, as it was told then; `path` may be removed when somebody has read it."""

    path: Path
    words: T
    is_loss: bool


def keep_told(home: Path, recovery: Recovery, now: datetime) -> None:
    """Write the words beside the broken file; a full disk must not keep the twin from starting."""
    path = home / QUARANTINE / f"{now.strftime('%Y%m%dT%H%M%S%fZ')}{TOLD}"
    said = {"zh": recovery.words.zh, "en": recovery.words.en, "loss": recovery.lost_seqs is not None}
    with contextlib.suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        durable.write(path, json.dumps(said, ensure_ascii=False).encode())


def told(home: Path) -> list[Told]:
    """What was told at starts and nobody has removed yet, the oldest first."""
    found = []
    for path in sorted((home / QUARANTINE).glob(f"*{TOLD}")):
        said = json.loads(path.read_bytes())
        found.append(Told(path, T(said["zh"], said["en"]), bool(said["loss"])))
    return found


def set_logs_aside(home: Path, now: datetime) -> None:
    """A log without its file belongs to data that is gone; it must not be applied to a new file."""
    _Aside(home, now).move_logs(home / FILE_NAME)


def _cut(log: Path, aside: "_Aside") -> None:
    """Leave in the log what lies before the damage."""
    if not log.exists():
        return
    # The header is always the same: a damaged one costs nothing.
    content = wal.HEADER + log.read_bytes()[len(wal.HEADER) :]
    found = wal.scan(content, check=True)
    aside.copy(log, suffix="")
    durable.write(log, content[: found.good_bytes])
    # A log begun during a checkpoint continues the one just cut: without its beginning it means nothing.
    for suffix in _LOGS[1:]:
        aside.move(log.with_name(FILE_NAME + suffix))


class _Aside:
    """The quarantine folder of one start-up."""

    def __init__(self, home: Path, now: datetime) -> None:
        self._folder = home / QUARANTINE
        self._stamp = now.strftime("%Y%m%dT%H%M%S%fZ")
        self._kept: dict[str, Path] = {}

    def copy(self, path: Path, suffix: str = ".torn") -> None:
        """Keep a copy; a copy kept as merely torn becomes damaged when DuckDB refuses the log."""
        torn = self._kept.pop(path.name, None)
        target = self._target(path, suffix)
        if torn is not None:
            torn.replace(target)
        else:
            shutil.copyfile(path, target)
        self._kept[path.name] = target

    def move(self, path: Path) -> None:
        if not path.exists():
            return
        if path.name in self._kept:
            path.unlink()
            return
        target = self._target(path, "")
        path.replace(target)
        self._kept[path.name] = target

    def move_logs(self, path: Path) -> None:
        for suffix in _LOGS:
            self.move(path.with_name(path.name + suffix))

    def move_back(self, path: Path) -> None:
        for name, kept in self._kept.items():
            kept.replace(path.with_name(name))

    def kept(self) -> tuple[Path, ...]:
        return tuple(self._kept.values())

    def _target(self, path: Path, suffix: str) -> Path:
        self._folder.mkdir(exist_ok=True)
        return self._folder / f"{self._stamp}-{path.name}{suffix}"
