"""The live stream of an account: it says when something new is stored, and connects anew when it breaks."""

import asyncio

import js
from pyscript.ffi import to_js

from .api import ApiError
from .events import EventStream, back_off_ms

SILENT_MS = 25_000  # the server says something every ten seconds; so long without a word, the line is dead

LIVE, WAITING, ENDED = "live", "waiting", "ended"


class Live:
    """`start` it; `on_commit()` and `on_state(state, seconds until the next try)` are called until `stop`."""

    def __init__(self, api: object, account: str, on_commit: object, on_state: object) -> None:
        self._api, self._account = api, account
        self._on_commit, self._on_state = on_commit, on_state
        self._stream = EventStream()
        self._abort = None
        self._watch = None
        self._failures = 0
        self._is_stopped = False

    def start(self) -> None:
        asyncio.create_task(self._run())

    def stop(self) -> None:
        self._is_stopped = True
        self._let_go()

    async def _run(self) -> None:
        while not self._is_stopped:
            try:
                await self._listen()
            except ApiError as error:
                if error.status in (401, 403, 404):
                    self._tell(ENDED, 0)
                    return
            if self._is_stopped:
                return
            self._failures += 1
            wait_ms = back_off_ms(self._stream.retry_ms, self._failures)
            self._tell(WAITING, wait_ms // 1000)
            await asyncio.sleep_ms(wait_ms)

    async def _listen(self) -> None:
        """Reads one connection to its end, which raises ApiError or not."""
        self._let_go()
        self._abort = js.AbortController.new()
        path = f"/accounts/{self._account}/live"
        response = await self._api.open(path, self._stream.last_id, self._abort.signal)
        self._tell(LIVE, 0)
        if self._failures:
            self._on_commit()  # what came while nobody listened
        self._failures = 0
        reader = response.body.getReader()
        decoder = js.TextDecoder.new()
        more = to_js({"stream": True})
        while not self._is_stopped:
            self._expect_a_word()
            try:
                piece = await reader.read()
            except Exception:  # noqa: BLE001 - whatever the browser says, it broke
                raise ApiError("The live stream broke off.", 0)
            if piece.done:
                return
            for name, _ in self._stream.feed(decoder.decode(piece.value, more)):
                if name == "commit":
                    self._on_commit()

    def _expect_a_word(self) -> None:
        if self._watch is not None:
            js.clearTimeout(self._watch)
        abort = self._abort
        self._watch = js.setTimeout(lambda: abort.abort(), SILENT_MS)

    def _let_go(self) -> None:
        if self._watch is not None:
            js.clearTimeout(self._watch)
            self._watch = None
        if self._abort is not None:
            self._abort.abort()
            self._abort = None

    def _tell(self, state: str, seconds: int) -> None:
        if not self._is_stopped:
            self._on_state(state, seconds)
