import json

import pytest

from widget.errors import ContentError
from widget.page.bridge import FetchFailed, Response
from widget.source import PAUSES_MS, ContentSource
from widget.testing import FakeBridge

GOOD = Response(200, json.dumps({"id": "w1", "testimonials": [{"id": "t", "author": "Ada", "text": "Good."}]}))


def get(source):
    """The result or the error code of `get`, which never really waits: the fake bridge answers at once."""
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


def test_a_good_answer_needs_one_request():
    bridge, one = source(GOOD)
    assert not get(one).stale
    assert bridge.fetches == [("https://api.example/w1", "force-cache")]


@pytest.mark.parametrize(
    "failure", [Response(500, ""), Response(503, ""), Response(429, ""), FetchFailed("network"), FetchFailed("timeout")]
)
def test_a_temporary_failure_is_retried_after_growing_random_pauses(failure):
    bridge, one = source(failure, failure, GOOD)
    bridge.draws = [0.0, 0.5]
    assert not get(one).stale
    assert bridge.sleeps_ms == [PAUSES_MS[1], PAUSES_MS[2] * 1.25]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response(500, ""), "API_ERROR"),
        (FetchFailed("network"), "API_ERROR"),
        (FetchFailed("timeout"), "API_TIMEOUT"),
        (Response(429, ""), "RATE_LIMITED"),
    ],
)
def test_the_attempts_are_limited_and_the_failure_has_a_code(answer, code):
    bridge, one = source(answer)
    assert get(one) == code
    assert len(bridge.fetches) == len(PAUSES_MS)


@pytest.mark.parametrize(
    ("status", "code"), [(401, "UNAUTHORIZED"), (403, "UNAUTHORIZED"), (404, "NOT_FOUND"), (410, "NOT_FOUND")]
)
def test_after_a_final_answer_there_is_no_retry_and_no_copy(status, code):
    bridge, one = source(GOOD, Response(status, ""))
    get(one)
    assert get(one) == code
    assert len(bridge.fetches) == 2


def test_a_copy_that_is_too_large_does_not_keep_the_api_from_being_asked():
    bridge, one = source(FetchFailed("too_large"), GOOD)
    assert get(one).content.id == "w1"
    assert [cache for _, cache in bridge.fetches] == ["force-cache", "no-cache"]


@pytest.mark.parametrize("answer", [Response(200, "<html>"), Response(200, GOOD.text.replace("w1", "w2"))])
def test_invalid_content_is_not_requested_again(answer):
    bridge, one = source(answer)
    assert get(one) == "INVALID_CONTENT"
    assert len(bridge.fetches) == 1


def test_the_last_good_copy_is_used_and_is_stale():
    bridge, one = source(GOOD, Response(500, ""))
    fresh = get(one)
    again = get(one)
    assert (again.stale, again.content) == (True, fresh.content)
    assert bridge.fetches[1][1] == "no-cache"  # a refresh asks the server


CACHED = Response(200, GOOD.text, from_cache=True)


def test_the_browsers_copy_is_revalidated_before_it_counts_as_fresh():
    bridge, one = source(CACHED, GOOD)
    assert not get(one).stale
    assert [cache for _, cache in bridge.fetches] == ["force-cache", "no-cache"]


def test_a_new_page_uses_the_browsers_copy_if_the_api_fails():
    _, one = source(CACHED, Response(500, ""))
    assert get(one).stale


def test_a_broken_copy_in_the_browsers_cache_is_ignored():
    _, one = source(Response(200, "<html>", from_cache=True), GOOD)
    assert not get(one).stale
