"""A view and its link are the same thing."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.view import BadView, View

IDS = st.text("abcdefghij0123456789-_栋", min_size=1, max_size=20)
VIEWS = st.builds(
    View,
    screen=st.sampled_from(("wall", "desk")),
    layers=st.none() | st.lists(IDS, unique=True, max_size=4).map(tuple),
    building=st.none() | IDS,
    storey=st.none() | st.integers(-5, 60),
    unit=st.none() | IDS,
    device=st.none() | IDS,
    ticket=st.none() | IDS,
    cam=st.sampled_from((None, "overview", "104.1,30.67,16.2,50,-20.5")),
    at=st.none() | st.datetimes(timezones=st.just(UTC)),
    lang=st.sampled_from((None, "zh", "en")),
)


@given(VIEWS)
@settings(deadline=None, max_examples=100)
def test_a_view_survives_its_query(view: View) -> None:
    assert View.from_query(view.screen, view.query()) == view


@given(VIEWS)
@settings(deadline=None, max_examples=60)
def test_a_view_survives_its_link(view: View) -> None:
    link = urlsplit(view.url())
    query = dict(parse_qsl(link.query, keep_blank_values=True))
    if link.path.startswith("/building/"):
        query["building"] = link.path.removeprefix("/building/")
    if view.building is None or view.building.isascii():
        assert View.from_query(view.screen, query) == view


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"layers": "ground,bulidings"}, "Did you mean 'buildings'"),
        ({"storey": "three"}, "0 for the ground floor"),
        ({"at": "2026-11-23T14:32:08"}, "has no offset"),
        ({"at": "yesterday"}, "write an instant"),
        ({"cam": "../x"}, "preset"),
        ({"lang": "fr"}, "write zh or en"),
        ({"unit": "x" * 201}, "at most 200"),
    ],
)
def test_a_link_that_cannot_be_followed_says_why(query: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadView, match=sentence):
        View.from_query("wall", query, ("ground", "buildings"))


def test_a_plus_that_a_chat_program_turned_into_a_space_is_understood() -> None:
    view = View.from_query("desk", {"at": "2026-11-23T14:32:08 08:00"})
    assert view.at == datetime(2026, 11, 23, 6, 32, 8, tzinfo=UTC)
