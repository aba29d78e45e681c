"""The live stream of an account: it reports new figures, and reconnects after a break."""

import asyncio

import js
from pyscript.ffi import to_js

from .api import Api, ApiError
from .events import EventStream, back_off_ms
from .types import Any, Callable

SILENCE_MS = 25_000  # the server sends something every ten seconds; after such a silence the connection is dead

LIVE, WAITING, ENDED = "live", "waiting", "ended"


class Live:
    """From `start` to `stop`, calls `on_commit()` for new figures and `on_state(state)`."""

    def __init__(self, api: Api, account: str, on_commit: Callable[[], None], on_state: Callable[[str], None]) -> None:
        self._api, self._account = api, account
        self._on_commit, self._on_state = on_commit, on_state
        self._stream = EventStream()
        self._abort: Any = None
        self._watchdog: Any = None
        self._failures = 0
        self._is_stopped = False

    def start(self) -> None:
        asyncio.create_task(self._run())

    def stop(self) -> None:
        self._is_stopped = True
        self._close()

    async def _run(self) -> None:
        while not self._is_stopped:
            try:
                await self._listen()
            except ApiError as error:
                if error.status in (401, 403, 404):
                    self._report(ENDED)
                    return
            if self._is_stopped:
                return
            self._failures += 1
            self._report(WAITING)
            await asyncio.sleep(back_off_ms(self._stream.retry_ms, self._failures) / 1000)

    async def _listen(self) -> None:
        """Reads one connection until it ends; raises ApiError if it breaks."""
        self._close()
        self._abort = js.AbortController.new()
        path = f"/accounts/{self._account}/live"
        response = await self._api.open(path, self._stream.last_id, self._abort.signal)
        self._report(LIVE)
        if self._failures:
            self._on_commit()  # there may have been commits during the break
        self._failures = 0
        reader = response.body.getReader()
        decoder = js.TextDecoder.new()
        more = to_js({"stream": True})
        while not self._is_stopped:
            self._restart_watchdog()
            try:
                chunk = await reader.read()
            except Exception:  # noqa: BLE001 - an error of JavaScript
                raise ApiError("The live connection broke.", 0)
            if chunk.done:
                return
            for name, _ in self._stream.feed(decoder.decode(chunk.value, more)):
                if name == "commit":
                    self._on_commit()

    def _restart_watchdog(self) -> None:
        if self._watchdog is not None:
            js.clearTimeout(self._watchdog)
        abort = self._abort
        self._watchdog = js.setTimeout(lambda: abort.abort(), SILENCE_MS)

    def _close(self) -> None:
        if self._watchdog is not None:
            js.clearTimeout(self._watchdog)
            self._watchdog = None
        if self._abort is not None:
            self._abort.abort()
            self._abort = None

    def _report(self, state: str) -> None:
        if not self._is_stopped:
            self._on_state(state)
