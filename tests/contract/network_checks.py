"""How a Bridge asks for content, and how it sends."""

from __future__ import annotations

from typing import Any

from widget.page.bridge import FetchFailed, Response

from .checks import everywhere, in_a_page, raised
from .stand import LARGE_BYTES, OK_TEXT, Stand


@everywhere
async def a_beacon_arrives_and_says_so(stand: Stand) -> None:
    assert stand.bridge.send_beacon(stand.url("collect"), "a beacon é") is True
    assert await stand.received() == ["a beacon é"]


@everywhere
async def a_beacon_that_is_refused_or_missing_is_false(stand: Stand) -> None:
    for answer in (False, None):
        stand.beacon(answer)
        assert stand.bridge.send_beacon(stand.url("collect"), "lost") is False


@everywhere
async def a_beacon_that_raises_passes_it_on(stand: Stand) -> None:
    stand.beacon(ValueError("forbidden"))
    assert await raised(lambda: stand.bridge.send_beacon(stand.url("collect"), "lost"))


@everywhere
async def a_keepalive_arrives(stand: Stand) -> None:
    stand.bridge.send_keepalive(stand.url("collect"), "kept alive é")
    assert await stand.received() == ["kept alive é"]


@everywhere
async def an_answer_is_its_status_and_text(stand: Stand) -> None:
    answer = await stand.bridge.fetch(stand.url("ok"), timeout_ms=5000, max_bytes=1000)
    assert answer == Response(200, OK_TEXT)
    assert isinstance(answer.status, int) and isinstance(answer.text, str)


@everywhere
async def an_error_of_the_server_is_an_answer_too(stand: Stand) -> None:
    answer = await stand.bridge.fetch(stand.url("error"), timeout_ms=5000, max_bytes=1000)
    assert answer.status == 500


@everywhere
async def a_fetch_that_fails_says_why(stand: Stand) -> None:
    reasons = {"slow": "timeout", "refused": "network", "large": "too_large"}
    for kind, reason in reasons.items():
        error = await raised(stand.bridge.fetch(stand.url(kind), timeout_ms=300, max_bytes=LARGE_BYTES - 1))
        assert isinstance(error, FetchFailed) and error.reason == reason, (kind, error)


@everywhere
async def an_answer_of_exactly_the_bound_is_fine(stand: Stand) -> None:
    answer = await stand.bridge.fetch(stand.url("large"), timeout_ms=5000, max_bytes=LARGE_BYTES)
    assert len(answer.text) == LARGE_BYTES


@in_a_page
async def what_is_sent_is_plain_text_without_cookie_or_referrer(stand: Any) -> None:
    stand.visitor.here().ownerDocument.cookie = "canary=1"
    stand.bridge.send_beacon(stand.url("collect"), "b")
    (beacon,) = await stand.posts()
    assert beacon["headers"]["content-type"].lower() == "text/plain;charset=utf-8"
    stand.bridge.send_keepalive(stand.url("collect"), "k")
    (keepalive,) = await stand.posts()
    assert keepalive["headers"]["content-type"].lower() == "text/plain;charset=utf-8"
    assert "canary=1" in beacon["headers"]["cookie"]  # a beacon to one's own origin: the browser leaves no choice
    assert not {"cookie", "referer", "authorization"} & set(keepalive["headers"]), keepalive["headers"]
    answer = await stand.bridge.fetch(stand.url("headers"), timeout_ms=5000, max_bytes=10000)
    assert "canary" not in answer.text and '"referer"' not in answer.text, answer.text
    stand.visitor.here().ownerDocument.cookie = "canary=; max-age=0"


@in_a_page
async def a_beacon_that_the_page_has_blanked_is_missing(stand: Any) -> None:
    stand.visitor.beacon("undefined")
    assert stand.bridge.send_beacon(stand.url("collect"), "lost") is False


@in_a_page
async def a_keepalive_that_fails_is_silent(stand: Any) -> None:
    stand.bridge.send_keepalive(stand.url("refused"), "lost")
    await stand.bridge.sleep(100)


@in_a_page
async def every_kind_of_answer_is_a_response_or_a_reason(stand: Any) -> None:
    async def ask(kind: str, max_bytes: int = 50_000) -> str:
        try:
            answer = await stand.bridge.fetch(stand.url(kind), timeout_ms=500, max_bytes=max_bytes)
        except FetchFailed as error:
            return error.reason
        return f"{answer.status} {answer.text}"

    assert await ask("latin") == "200 caf� � ok"
    assert await ask("empty") == "204 "
    assert await ask("endless") == "too_large"
    assert await ask("slow-body") == "timeout"
    assert await ask("cut") == "network"
    assert await ask(":not a url") == "404 Not Found"
    bad = await raised(stand.bridge.fetch("http://[", timeout_ms=500, max_bytes=10))
    assert isinstance(bad, FetchFailed) and bad.reason == "network"
    # Chromium and Firefox give a 204 an empty stream, where the Fetch standard says null.
    stand.visitor.answer_without_body()
    assert await ask("empty") == "204 "


@in_a_page
async def the_cache_mode_is_the_browsers(stand: Any) -> None:
    for _ in range(3):  # a browser may throw away what it keeps, and a busy one does
        url = stand.url(f"counted?{stand.bridge.random()}")
        answers = [
            await stand.bridge.fetch(url, timeout_ms=5000, max_bytes=100, cache=cache)
            for cache in ("default", "default", "force-cache", "no-cache", "force-cache")
        ]
        if [answer.text for answer in answers] == ["1", "1", "1", "2", "2"]:
            break
    assert [answer.text for answer in answers] == ["1", "1", "1", "2", "2"]
    assert [answer.from_cache for answer in answers] == [False, True, True, False, True]
    moved = await stand.bridge.fetch(stand.url("moved"), timeout_ms=5000, max_bytes=100)
    assert (moved.status, moved.from_cache) == (200, False)
