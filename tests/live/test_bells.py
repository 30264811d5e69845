"""Bells: at once, not too often, never lost, and without a queue that grows."""

import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.live import Hub, HubFull
from twin.store import Committed

DEPENDS = {
    "devices": frozenset({"device", "device_now"}),
    "stewards": frozenset({"position_now"}),
    "ground": frozenset({"ground"}),
}
BOARD = frozenset({"device_now", "ticket_now"})
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Commits:
    """The part of the store that the hub hears and asks."""

    def __init__(self) -> None:
        self.seq = 0
        self.versions: dict[str, int] = {}

    def version(self, tables: Iterable[str]) -> int:
        return max((self.versions.get(name, 0) for name in tables), default=0)

    def next(self, *tables: str) -> Committed:
        self.seq += 1
        self.versions.update(dict.fromkeys(tables, self.seq))
        return Committed(self.seq, frozenset(tables), AT)


def hub_of(commits: Commits, *, gap_s: float = 0.25, viewers_max: int = 3) -> Hub:
    return Hub(DEPENDS, BOARD, seq=commits.seq, version=commits.version, viewers_max=viewers_max, gap_s=gap_s)


@pytest.fixture
def commits() -> Commits:
    return Commits()


@pytest.fixture
def hub(commits: Commits) -> Iterator[Hub]:
    opened = hub_of(commits)
    yield opened
    opened.stop()


def test_the_first_commit_after_a_quiet_time_rings_at_once(commits: Commits) -> None:
    hub = hub_of(commits, gap_s=3600)
    viewer = hub.join()
    hub.hear(commits.next("device_now"))
    bell = hub.next(viewer, 5)
    hub.stop()
    assert bell is not None
    assert (bell.seq, bell.at, bell.changed, bell.board) == (1, AT, ("devices",), True)


def test_commits_close_together_ring_once_for_all_that_changed(hub: Hub, commits: Commits) -> None:
    viewer = hub.join()
    hub.hear(commits.next("device_now"))
    assert hub.next(viewer, 5) is not None
    for _ in range(20):
        hub.hear(commits.next("position_now"))
    hub.hear(commits.next("ground"))
    bell = hub.next(viewer, 5)
    assert bell is not None
    assert bell.changed == ("ground", "stewards")
    assert bell.seq == 22
    assert not bell.board


def test_a_commit_that_no_layer_shows_rings_for_nobody(hub: Hub, commits: Commits) -> None:
    viewer = hub.join()
    hub.hear(commits.next("ingest_key"))
    assert hub.next(viewer, 0.4) is None


def test_a_viewer_who_sleeps_through_many_bells_hears_one_wide_one_and_holds_nothing(
    commits: Commits,
) -> None:
    hub = hub_of(commits, gap_s=0.0)
    try:
        sleeper, awake = hub.join(), hub.join()
        for tables in (("device_now",), ("position_now",), ("device_now",)):
            hub.hear(commits.next(*tables))
            assert hub.next(awake, 5) is not None
        bell = hub.next(sleeper, 5)
        assert bell is not None
        assert bell.changed == ("devices", "stewards")
        assert bell.seq == 3
        assert hub.next(sleeper, 0.05) is None
    finally:
        hub.stop()


def test_more_viewers_than_threads_are_refused_until_one_leaves(hub: Hub) -> None:
    viewers = [hub.join() for _ in range(3)]
    with pytest.raises(HubFull):
        hub.join()
    hub.leave(viewers[0])
    hub.leave(viewers[0])
    hub.join()
    assert hub.viewers == 3


def test_stopping_frees_everyone_who_waits(commits: Commits) -> None:
    hub = hub_of(commits)
    viewer = hub.join()
    heard: list[object] = []
    waiting = threading.Thread(target=lambda: heard.append(hub.next(viewer, 60)))
    waiting.start()
    hub.stop()
    waiting.join(5)
    assert not waiting.is_alive()
    assert heard == [None]
    assert hub.stopped


def test_a_page_that_comes_back_hears_only_what_it_missed(hub: Hub, commits: Commits) -> None:
    hub.hear(commits.next("ground"))
    hub.hear(commits.next("device_now"))
    assert hub.since(1).changed == ("devices",)
    assert hub.since(2).changed == ()
    assert hub.since(None).changed == ("devices", "ground", "stewards")


def test_a_page_from_before_a_restore_hears_everything(hub: Hub) -> None:
    bell = hub.since(10_000)
    assert bell.changed == ("devices", "ground", "stewards")
    assert bell.board


def test_what_time_alone_changed_rings_without_a_commit_and_polling_pages_hear_it_too(
    hub: Hub, commits: Commits
) -> None:
    viewer = hub.join()
    hub.hear(commits.next("device_now"))
    hub.next(viewer, 5)
    hub.age(["devices"])
    bell = hub.next(viewer, 5)
    assert bell is not None
    assert (bell.seq, bell.at, bell.changed, bell.board) == (1, None, ("devices",), True)
    assert hub.since(1).changed == ("devices",)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(["device_now", "position_now", "ground"]), min_size=1), st.booleans()
        ),
        min_size=1,
        max_size=12,
    )
)
def test_whatever_the_rhythm_a_viewer_hears_every_changed_layer_up_to_the_last_commit(
    rhythm: list[tuple[set[str], bool]],
) -> None:
    commits = Commits()
    hub = hub_of(commits, gap_s=0.0)
    try:
        viewer = hub.join()
        expected = {name for name, tables in DEPENDS.items() for given, _ in rhythm if tables & given}
        heard: set[str] = set()
        seq = 0
        for tables, listens in rhythm:
            hub.hear(commits.next(*tables))
            if listens and (bell := hub.next(viewer, 1)):
                heard |= set(bell.changed)
                seq = bell.seq
        while seq < commits.seq or heard < expected:
            bell = hub.next(viewer, 5)
            assert bell is not None
            heard |= set(bell.changed)
            seq = bell.seq
        assert heard == expected
    finally:
        hub.stop()
