import json

import pytest

from widget.errors import ContentError
from widget.page.bridge import FetchFailed, Response
from widget.source import PAUSES_MS, ContentSource
from widget.testing import FakeBridge

GOOD = Response(200, json.dumps({"id": "w1", "testimonials": [{"id": "t", "author": "Ada", "text": "Good."}]}))


def get(source):
    """The outcome of a get that never really waits, since the fake bridge answers at once."""
    try:
        source.get().send(None)
    except StopIteration as end:
        return end.value
    except ContentError as error:
        return error.code
    raise AssertionError("it waits")


def source(*answers):
    bridge = FakeBridge(answers=list(answers))
    return bridge, ContentSource(bridge, "w1", "https://api.example/w1")


def test_a_good_answer_is_taken_at_once():
    bridge, one = source(GOOD)
    assert not get(one).stale
    assert bridge.fetches == [("https://api.example/w1", "force-cache")]


@pytest.mark.parametrize(
    "trouble", [Response(500, ""), Response(503, ""), Response(429, ""), FetchFailed("network"), FetchFailed("timeout")]
)
def test_trouble_that_may_pass_is_tried_again_with_a_growing_spread_pause(trouble):
    bridge, one = source(trouble, trouble, GOOD)
    bridge.draws = [0.0, 0.5]
    assert not get(one).stale
    assert bridge.slept_ms == [PAUSES_MS[1], PAUSES_MS[2] * 1.25]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response(500, ""), "API_ERROR"),
        (FetchFailed("network"), "API_ERROR"),
        (FetchFailed("timeout"), "API_TIMEOUT"),
        (Response(429, ""), "RATE_LIMITED"),
    ],
)
def test_tries_are_bounded_and_the_failure_has_its_name(answer, code):
    bridge, one = source(answer)
    assert get(one) == code
    assert len(bridge.fetches) == len(PAUSES_MS)


@pytest.mark.parametrize(
    ("status", "code"), [(401, "UNAUTHORIZED"), (403, "UNAUTHORIZED"), (404, "NOT_FOUND"), (410, "NOT_FOUND")]
)
def test_a_final_answer_is_not_asked_again_nor_papered_over(status, code):
    bridge, one = source(GOOD, Response(status, ""))
    get(one)
    assert get(one) == code
    assert len(bridge.fetches) == 2


def test_a_copy_that_is_too_large_does_not_stand_before_the_api():
    bridge, one = source(FetchFailed("too_large"), GOOD)
    assert get(one).content.id == "w1"
    assert [cache for _, cache in bridge.fetches] == ["force-cache", "no-cache"]


@pytest.mark.parametrize("answer", [Response(200, "<html>"), Response(200, GOOD.text.replace("w1", "w2"))])
def test_wrong_content_is_not_asked_for_again(answer):
    bridge, one = source(answer)
    assert get(one) == "INVALID_CONTENT"
    assert len(bridge.fetches) == 1


def test_the_last_good_copy_stands_in_and_says_so():
    bridge, one = source(GOOD, Response(500, ""))
    fresh = get(one)
    again = get(one)
    assert (again.stale, again.content) == (True, fresh.content)
    assert bridge.fetches[1][1] == "no-cache"  # a refresh wants to know what is new


CACHED = Response(200, GOOD.text, from_cache=True)


def test_the_browsers_copy_is_asked_about_before_it_counts_as_fresh():
    bridge, one = source(CACHED, GOOD)
    assert not get(one).stale
    assert [cache for _, cache in bridge.fetches] == ["force-cache", "no-cache"]


def test_a_new_page_shows_the_browsers_copy_when_the_api_fails():
    _, one = source(CACHED, Response(500, ""))
    assert get(one).stale


def test_a_broken_copy_of_the_browsers_is_no_answer():
    _, one = source(Response(200, "<html>", from_cache=True), GOOD)
    assert not get(one).stale
