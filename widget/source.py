"""Where a widget's content comes from: the API, asked again when it fails, or the last good copy."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from .content import MAX_BYTES, Content, parse_content
from .errors import (
    API_ERROR,
    API_TIMEOUT,
    INVALID_CONTENT,
    NOT_FOUND,
    RATE_LIMITED,
    UNAUTHORIZED,
    ContentError,
)
from .page.bridge import Bridge, FetchFailed, Response

TIMEOUT_MS = 5000
PAUSES_MS = (0, 400, 800)  # before each try; spread by up to half, so that pages do not return in step

_STATUS_CODES = {401: UNAUTHORIZED, 403: UNAUTHORIZED, 404: NOT_FOUND, 410: NOT_FOUND, 429: RATE_LIMITED}
_FINAL = frozenset({UNAUTHORIZED, NOT_FOUND})  # the API has spoken: no retry, and no old copy either


class _TooLarge(ContentError):
    """The answer was not read to its end, so that nobody knows whether it came out of the browser's cache."""


@dataclass(frozen=True)
class Found:
    """The content, and whether it is a copy from before since the API failed."""

    content: Content
    stale: bool


class ContentSource:
    """The content of one widget. `asked`: the loader has just asked the API in vain, and was our first try."""

    def __init__(self, bridge: Bridge, widget_id: str, url: str, *, asked: bool = False) -> None:
        self._bridge = bridge
        self._widget_id = widget_id
        self._url = url
        self._asked = asked
        self._copy: Content | None = None  # the last good one, from this page or the browser's HTTP cache

    def take(self, text: str) -> Content:
        """The content that somebody else has fetched, kept as the last good copy; raises ContentError."""
        self._copy = self._parsed(text)
        return self._copy

    async def get(self) -> Found:
        """Fresh content, else the last good copy; raises ContentError when there is neither."""
        try:
            self._copy = await self._ask_again_and_again()
            return Found(self._copy, stale=False)
        except ContentError as error:
            if error.code in _FINAL or self._copy is None:
                raise
            return Found(self._copy, stale=True)

    async def _ask_again_and_again(self) -> Content:
        failure = None
        pauses, self._asked = PAUSES_MS[self._asked :], False
        for pause_ms in pauses:
            if pause_ms:
                await self._bridge.sleep(pause_ms * (1 + self._bridge.random() / 2))
            try:
                return await self._ask()
            except ContentError as error:
                if error.code in _FINAL or error.code == INVALID_CONTENT:
                    raise
                failure = error
        assert failure is not None
        raise failure

    async def _ask(self) -> Content:
        """What the API says now.

        We keep no storage of our own, so the copy of an earlier page is the browser's, and it is taken first: in
        Chromium and Firefox a 500 to a request that revalidates throws it out of their HTTP cache.
        """
        if self._copy is None:
            with suppress(_TooLarge):  # it may be a copy, and the API has a better answer by now
                answer = await self._fetch("force-cache")
                if not answer.from_cache:
                    return self._checked(answer)
                with suppress(ContentError):  # a copy of no use: the API decides
                    self._copy = self._checked(answer)
        return self._checked(await self._fetch("no-cache"))

    async def _fetch(self, cache: str) -> Response:
        try:
            return await self._bridge.fetch(self._url, timeout_ms=TIMEOUT_MS, max_bytes=MAX_BYTES, cache=cache)
        except FetchFailed as error:
            raise _failure(error) from None

    def _checked(self, answer: Response) -> Content:
        if answer.status != 200:
            code = _STATUS_CODES.get(answer.status, API_ERROR)
            raise ContentError(code, f"The API answered {answer.status}.")
        return self._parsed(answer.text)

    def _parsed(self, text: str) -> Content:
        content = parse_content(text)
        if content.id != self._widget_id:
            raise ContentError(INVALID_CONTENT, "The API answered with another widget's content.")
        return content


def _failure(error: FetchFailed) -> ContentError:
    if error.reason == "timeout":
        return ContentError(API_TIMEOUT, f"The API did not answer within {TIMEOUT_MS} ms.")
    if error.reason == "too_large":
        return _TooLarge(INVALID_CONTENT, f"The API's answer is over {MAX_BYTES} bytes.")
    return ContentError(API_ERROR, "The API could not be reached, or does not allow this page to read it.")
