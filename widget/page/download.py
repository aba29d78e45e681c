"""One bounded download in the real page. Like `shadow`, it knows the page's objects but imports no JavaScript."""

from __future__ import annotations

import asyncio
from typing import Any

from .bridge import FetchFailed, Response

TIMING_TRIES = 10
TIMING_PAUSE_S = 0.005


async def download(window: Any, url: str, *, timeout_ms: float, max_bytes: int, cache: str) -> Response:
    """See bridge.Bridge.fetch. Raises FetchFailed("too_large"), and JavaScript's own exceptions."""
    name = window.URL.new(url, window.document.baseURI).href  # as asked for, whatever it is redirected to
    before = len(_timings(window, name))
    answer = await window.fetch(
        url,
        cache=cache,
        credentials="omit",
        referrerPolicy="no-referrer",
        signal=window.AbortSignal.timeout(timeout_ms),
    )
    text = await _text(window, answer, max_bytes)
    return Response(int(answer.status), text, await _is_from_cache(window, name, before))


async def _text(window: Any, answer: Any, max_bytes: int) -> str:
    """The body, read no further than the bound: an endless answer must not fill the visitor's memory."""
    reader, chunks, size = answer.body and answer.body.getReader(), [], 0
    while reader and not (step := await reader.read()).done:  # a 204 has no body at all
        chunks.append(step.value.to_bytes())
        size += len(chunks[-1])
        if size > max_bytes:
            reader.cancel().catch(window.Boolean)
            raise FetchFailed("too_large")
    return b"".join(chunks).decode("utf-8", "replace")


async def _is_from_cache(window: Any, name: str, before: int) -> bool:
    """By Resource Timing, whose entry may come a moment after the body; `before` counts those of earlier downloads.

    An API without Timing-Allow-Origin, or a page that has filled the buffer, leaves it open: then True.
    """
    for _ in range(TIMING_TRIES):
        timings = _timings(window, name)
        if len(timings) > before:
            return bool(timings[-1].transferSize == 0)
        await asyncio.sleep(TIMING_PAUSE_S)
    return True


def _timings(window: Any, name: str) -> list[Any]:
    try:
        return list(window.performance.getEntriesByName(name, "resource"))
    except Exception:  # noqa: BLE001 - a page that broke its `performance` still gets its content
        return []
