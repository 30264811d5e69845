"""What the tests of the decoders share: one instant, and a reading said shortly."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from twin.model.readings import Decoded

AT = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)


@pytest.fixture
def received_at() -> datetime:
    return AT


@pytest.fixture
def told() -> Callable[[Decoded], dict[str, object]]:
    """State, else value, by property; a list where a property is told twice."""

    def short(decoded: Decoded) -> dict[str, object]:
        said: dict[str, object] = {}
        for it in decoded.readings:
            both = it.state if it.value is None else it.value if it.state is None else (it.state, it.value)
            said[it.property] = [said[it.property], both] if it.property in said else both
        return said

    return short
