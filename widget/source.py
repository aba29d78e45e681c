"""The source of a widget's content: the API, with retries, or the last good copy."""

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
PAUSES_MS = (
    0,
    400,
    800,
)  # before each attempt; longer by a random share up to a half, so that pages do not retry in step

_STATUS_CODES = {401: UNAUTHORIZED, 403: UNAUTHORIZED, 404: NOT_FOUND, 410: NOT_FOUND, 429: RATE_LIMITED}
_FINAL = frozenset({UNAUTHORIZED, NOT_FOUND})  # no retry, and no old copy


class _TooLarge(ContentError):
    """The answer was too large to read to its end, so it may have come from the browser's cache."""


@dataclass(frozen=True)
class ContentResult:
    """The content. `stale`: the API failed, and this is an old copy."""

    content: Content
    stale: bool


class ContentSource:
    """The content of one widget.

    `first_attempt_failed`: the loader's request has already failed, and counts as the first attempt.
    """

    def __init__(self, bridge: Bridge, widget_id: str, url: str, *, first_attempt_failed: bool = False) -> None:
        self._bridge = bridge
        self._widget_id = widget_id
        self._url = url
        self._first_attempt_failed = first_attempt_failed
        self._copy: Content | None = None  # the last good content, from this page or the browser's HTTP cache

    def accept(self, text: str) -> Content:
        """Parses content that the loader has fetched, and stores it as the last good copy. Raises ContentError."""
        self._copy = self._parse(text)
        return self._copy

    async def get(self) -> ContentResult:
        """Fresh content, else the last good copy. Raises ContentError if there is neither."""
        try:
            self._copy = await self._fetch_with_retries()
            return ContentResult(self._copy, stale=False)
        except ContentError as error:
            if error.code in _FINAL or self._copy is None:
                raise
            return ContentResult(self._copy, stale=True)

    async def _fetch_with_retries(self) -> Content:
        failure = None
        pauses, self._first_attempt_failed = PAUSES_MS[self._first_attempt_failed :], False
        for pause_ms in pauses:
            if pause_ms:
                await self._bridge.sleep(pause_ms * (1 + self._bridge.random() / 2))
            try:
                return await self._fetch_content()
            except ContentError as error:
                if error.code in _FINAL or error.code == INVALID_CONTENT:
                    raise
                failure = error
        assert failure is not None
        raise failure

    async def _fetch_content(self) -> Content:
        """The API's current content.

        The only copy of an earlier visit is in the browser's HTTP cache. It is read first, because in Chromium and
        Firefox a 500 in answer to a revalidating request removes it from the cache.
        """
        if self._copy is None:
            with suppress(_TooLarge):  # it may be an old copy: ask the API
                answer = await self._fetch("force-cache")
                if not answer.from_cache:
                    return self._content_of(answer)
                with suppress(ContentError):  # an unusable copy: ask the API
                    self._copy = self._content_of(answer)
        return self._content_of(await self._fetch("no-cache"))

    async def _fetch(self, cache: str) -> Response:
        try:
            return await self._bridge.fetch(self._url, timeout_ms=TIMEOUT_MS, max_bytes=MAX_BYTES, cache=cache)
        except FetchFailed as error:
            raise _failure(error) from None

    def _content_of(self, answer: Response) -> Content:
        if answer.status != 200:
            code = _STATUS_CODES.get(answer.status, API_ERROR)
            raise ContentError(code, f"The API answered {answer.status}.")
        return self._parse(answer.text)

    def _parse(self, text: str) -> Content:
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
