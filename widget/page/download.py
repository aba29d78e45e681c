"""One download of bounded size in the browser. Uses the page's objects but does not import JavaScript."""

from __future__ import annotations

import asyncio
from typing import Any

from .bridge import FetchFailed, Response

TIMING_ATTEMPTS = 10
TIMING_PAUSE_S = 0.005


async def download(window: Any, url: str, *, timeout_ms: float, max_bytes: int, cache: str) -> Response:
    """See bridge.Bridge.fetch. Raises FetchFailed("too_large"), and JavaScript's own exceptions."""
    name = window.URL.new(url, window.document.baseURI).href  # before any redirect
    before = len(_timings(window, name))
    response = await window.fetch(
        url,
        cache=cache,
        credentials="omit",
        referrerPolicy="no-referrer",
        signal=window.AbortSignal.timeout(timeout_ms),
    )
    text = await _text(window, response, max_bytes)
    return Response(int(response.status), text, await _is_from_cache(window, name, before))


async def _text(window: Any, response: Any, max_bytes: int) -> str:
    """The body as text. Stops reading at `max_bytes`: an endless body must not fill the visitor's memory."""
    reader, chunks, size = response.body and response.body.getReader(), [], 0
    while reader and not (step := await reader.read()).done:  # a 204 has no body at all
        chunks.append(step.value.to_bytes())
        size += len(chunks[-1])
        if size > max_bytes:
            reader.cancel().catch(window.Boolean)
            raise FetchFailed("too_large")
    return b"".join(chunks).decode("utf-8", "replace")


async def _is_from_cache(window: Any, name: str, before: int) -> bool:
    """Whether the browser's Resource Timing entry says that no byte came over the network.

    `before` is the number of entries of earlier downloads. The new entry may come a moment after the body. Returns
    True if the browser cannot tell: the API sends no Timing-Allow-Origin, or the page has filled the buffer.
    """
    for _ in range(TIMING_ATTEMPTS):
        timings = _timings(window, name)
        if len(timings) > before:
            return bool(timings[-1].transferSize == 0)
        await asyncio.sleep(TIMING_PAUSE_S)
    return True


def _timings(window: Any, name: str) -> list[Any]:
    try:
        return list(window.performance.getEntriesByName(name, "resource"))
    except Exception:  # noqa: BLE001 - if the page has broken `performance`, the content still loads
        return []
