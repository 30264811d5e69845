import pytest

from twin.demo import Community, generate


@pytest.fixture(scope="session")
def small() -> Community:
    return generate(1, 0.2)


@pytest.fixture(scope="session")
def whole() -> Community:
    return generate(1, 1.0)
