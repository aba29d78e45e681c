"""Checks of a Bridge's requests."""

from __future__ import annotations

from typing import Any

from widget.page.bridge import FetchFailed, Response

from .checks import everywhere, exception_of, in_a_page
from .harness import LARGE_BYTES, OK_TEXT, Harness


@everywhere
async def a_beacon_arrives_and_the_result_is_true(harness: Harness) -> None:
    assert harness.bridge.send_beacon(harness.url("collect"), "a beacon é") is True
    assert await harness.received() == ["a beacon é"]


@everywhere
async def without_a_beacon_the_result_is_false(harness: Harness) -> None:
    for answer in (False, None):
        harness.beacon(answer)
        assert harness.bridge.send_beacon(harness.url("collect"), "lost") is False


@everywhere
async def an_exception_of_a_beacon_is_raised(harness: Harness) -> None:
    harness.beacon(ValueError("forbidden"))
    assert await exception_of(lambda: harness.bridge.send_beacon(harness.url("collect"), "lost"))


@everywhere
async def a_keepalive_arrives(harness: Harness) -> None:
    harness.bridge.send_keepalive(harness.url("collect"), "kept alive é")
    assert await harness.received() == ["kept alive é"]


@everywhere
async def a_response_has_status_and_text(harness: Harness) -> None:
    answer = await harness.bridge.fetch(harness.url("ok"), timeout_ms=5000, max_bytes=1000)
    assert answer == Response(200, OK_TEXT)
    assert isinstance(answer.status, int) and isinstance(answer.text, str)


@everywhere
async def a_request_has_a_beginning_and_an_end_and_another_address_has_none(harness: Harness) -> None:
    url, before = harness.url("ok") + "?timed", harness.bridge.now_ms()  # no other check asks for it
    assert harness.bridge.timing(url) is None
    await harness.bridge.fetch(url, timeout_ms=5000, max_bytes=1000)
    await harness.until(lambda: harness.bridge.timing(url))
    timing = harness.bridge.timing(url)
    assert timing and all(isinstance(at, float) for at in timing), timing
    assert before - 1 <= timing[0] <= timing[1] <= harness.bridge.now_ms() + 1, timing
    await harness.bridge.sleep(5)
    await harness.bridge.fetch(url, timeout_ms=5000, max_bytes=1000)
    assert harness.bridge.timing(url) == timing  # that of the first


@everywhere
async def an_error_of_the_server_is_a_response_too(harness: Harness) -> None:
    answer = await harness.bridge.fetch(harness.url("error"), timeout_ms=5000, max_bytes=1000)
    assert answer.status == 500


@everywhere
async def a_failed_fetch_has_a_reason(harness: Harness) -> None:
    reasons = {"slow": "timeout", "refused": "network", "large": "too_large"}
    for kind, reason in reasons.items():
        error = await exception_of(harness.bridge.fetch(harness.url(kind), timeout_ms=300, max_bytes=LARGE_BYTES - 1))
        assert isinstance(error, FetchFailed) and error.reason == reason, (kind, error)


@everywhere
async def a_response_of_exactly_the_limit_is_accepted(harness: Harness) -> None:
    answer = await harness.bridge.fetch(harness.url("large"), timeout_ms=5000, max_bytes=LARGE_BYTES)
    assert len(answer.text) == LARGE_BYTES


@in_a_page
async def requests_are_plain_text_without_cookie_and_referrer(harness: Any) -> None:
    harness.visitor.here().ownerDocument.cookie = "canary=1"
    harness.bridge.send_beacon(harness.url("collect"), "b")
    (beacon,) = await harness.posts()
    assert beacon["headers"]["content-type"].lower() == "text/plain;charset=utf-8"
    harness.bridge.send_keepalive(harness.url("collect"), "k")
    (keepalive,) = await harness.posts()
    assert keepalive["headers"]["content-type"].lower() == "text/plain;charset=utf-8"
    assert "canary=1" in beacon["headers"]["cookie"]  # the browser adds it to a beacon to the same origin
    assert not {"cookie", "referer", "authorization"} & set(keepalive["headers"]), keepalive["headers"]
    answer = await harness.bridge.fetch(harness.url("headers"), timeout_ms=5000, max_bytes=10000)
    assert "canary" not in answer.text and '"referer"' not in answer.text, answer.text
    harness.visitor.here().ownerDocument.cookie = "canary=; max-age=0"


@in_a_page
async def a_beacon_that_the_page_has_removed_is_missing(harness: Any) -> None:
    harness.visitor.beacon("undefined")
    assert harness.bridge.send_beacon(harness.url("collect"), "lost") is False


@in_a_page
async def a_failed_keepalive_is_silent(harness: Any) -> None:
    harness.bridge.send_keepalive(harness.url("refused"), "lost")
    await harness.bridge.sleep(100)


@in_a_page
async def every_kind_of_answer_is_a_response_or_has_a_reason(harness: Any) -> None:
    async def ask(kind: str, max_bytes: int = 50_000) -> str:
        try:
            answer = await harness.bridge.fetch(harness.url(kind), timeout_ms=500, max_bytes=max_bytes)
        except FetchFailed as error:
            return error.reason
        return f"{answer.status} {answer.text}"

    assert await ask("latin") == "200 caf� � ok"
    assert await ask("empty") == "204 "
    assert await ask("endless") == "too_large"
    assert await ask("slow-body") == "timeout"
    assert await ask("cut") == "network"
    assert await ask(":not a url") == "404 Not Found"
    bad = await exception_of(harness.bridge.fetch("http://[", timeout_ms=500, max_bytes=10))
    assert isinstance(bad, FetchFailed) and bad.reason == "network"
    # The body of a 204 is null in the Fetch standard, but an empty stream in Chromium and Firefox.
    harness.visitor.answer_without_body()
    assert await ask("empty") == "204 "


@in_a_page
async def fetch_passes_the_cache_mode_to_the_browser(harness: Any) -> None:
    for _ in range(3):  # a busy browser may drop its cache
        url = harness.url(f"counted?{harness.bridge.random()}")
        answers = [
            await harness.bridge.fetch(url, timeout_ms=5000, max_bytes=100, cache=cache)
            for cache in ("default", "default", "force-cache", "no-cache", "force-cache")
        ]
        if [answer.text for answer in answers] == ["1", "1", "1", "2", "2"]:
            break
    assert [answer.text for answer in answers] == ["1", "1", "1", "2", "2"]
    assert [answer.from_cache for answer in answers] == [False, True, True, False, True]
    moved = await harness.bridge.fetch(harness.url("moved"), timeout_ms=5000, max_bytes=100)
    assert (moved.status, moved.from_cache) == (200, False)
