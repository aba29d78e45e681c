"""A slow line: a proxy for TCP with a delay and a speed, which works alike for every browser."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ..demo.ports import HOST

_CHUNK_BYTES = 16 * 1024

Result = TypeVar("Result")


class Line:
    """All connections through it share `mbit_s` towards the visitor; a round trip takes `round_trip_ms` longer."""

    def __init__(self, mbit_s: float, round_trip_ms: float) -> None:
        self._bytes_s = mbit_s * 1e6 / 8
        self._delay_s = round_trip_ms / 2000
        self._free_at_s = 0.0  # when the bytes so far have left
        self._loop = asyncio.new_event_loop()

    @contextmanager
    def to(self, url: str) -> Iterator[str]:
        """Yields the URL by which the origin at `url` is reached over this line."""
        port = urlsplit(url).port

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            far_reader, far_writer = await asyncio.open_connection(HOST, port)
            # A new connection first costs a round trip of its own.
            await asyncio.sleep(2 * self._delay_s)
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer, slow=True))

        server = self._run(asyncio.start_server(serve, HOST, 0))
        try:
            yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
        finally:
            self._loop.call_soon_threadsafe(server.close)

    def __enter__(self) -> Line:
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._run(_end_connections())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, slow: bool = False) -> None:
        chunks: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def read() -> None:
            chunk = b"-"
            while chunk:
                with contextlib.suppress(ConnectionError):
                    chunk = b""
                    chunk = await reader.read(_CHUNK_BYTES)
                now = self._loop.time()
                if slow:
                    self._free_at_s = max(now, self._free_at_s) + len(chunk) / self._bytes_s
                chunks.put_nowait((max(now, self._free_at_s if slow else 0) + self._delay_s, chunk))
                if slow and self._free_at_s > now:
                    await asyncio.sleep(self._free_at_s - now)

        async def write() -> None:
            while True:
                at, chunk = await chunks.get()
                await asyncio.sleep(max(0, at - self._loop.time()))
                if not chunk or writer.is_closing():
                    return writer.close()
                writer.write(chunk)

        with contextlib.suppress(ConnectionError):
            await asyncio.gather(read(), write())


async def _end_connections() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
