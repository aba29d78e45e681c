"""The one writer: it gathers the rows of many requests, commits them in one insert, and only then says so."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from ..errors import QueueFullError, StoreError
from .rows import Row

GATHER_S = 0.05  # how long the first row of a commit waits for company
COMMIT_ROWS = 2_000  # as many rows wait for no more
QUEUE_ROWS = 50_000  # beyond these, requests are turned away

log = logging.getLogger(__name__)


class Waiting(NamedTuple):
    """The rows of one request, and where it waits to hear that they are stored."""

    rows: list[Row]
    stored: asyncio.Future[None]


class Writer:
    """Group commit. `insert` runs in a thread of the writer's own, everything else on the event loop."""

    def __init__(self, insert: Callable[[Sequence[Row]], None], durability: str = "durable") -> None:
        """`durable` acknowledges rows that are on the disk, `buffered` those that are in the queue."""
        self.capacity = QUEUE_ROWS
        self.queued_rows = 0  # waiting, or being written
        self.written_rows = 0  # since the start
        self.is_failing = False  # the last insert was refused
        self._insert = insert
        self._durability = durability
        self._listeners: dict[object, Callable[[Sequence[Row]], None]] = {}
        self._queue: deque[Waiting] = deque()
        self._is_closing = False
        self._arrived = asyncio.Event()
        self._full = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "writer")
        self._task = asyncio.create_task(self._run())

    async def write(self, rows: list[Row]) -> None:
        """Returns when the rows are stored; raises StoreError when they are not, QueueFullError at once."""
        if self._is_closing or self.queued_rows + len(rows) > QUEUE_ROWS:
            raise QueueFullError
        request = Waiting(rows, asyncio.get_running_loop().create_future())
        self._queue.append(request)
        self.queued_rows += len(rows)
        self._arrived.set()
        if self.queued_rows >= COMMIT_ROWS:
            self._full.set()
        await request.stored

    def on_commit(self, listener: Callable[[Sequence[Row]], None]) -> Callable[[], None]:
        """Calls the listener, on the event loop, with the rows of each commit; gives what ends that."""
        key = object()
        self._listeners[key] = listener

        def cancel() -> None:
            self._listeners.pop(key, None)

        return cancel

    async def flush(self) -> None:
        """Returns when all that waited at the call has been tried, whatever became of it."""
        with contextlib.suppress(QueueFullError, StoreError):
            await self.write([])

    async def close(self) -> None:
        """Takes no more rows, commits those that wait, and ends the thread."""
        self._is_closing = True
        self._arrived.set()
        self._full.set()
        await self._task
        self._thread.shutdown()

    async def _run(self) -> None:
        while await self._gather():
            await self._commit(self._take())

    async def _gather(self) -> bool:
        """Waits for rows, then a little for more; False once the writer is closed and none is left."""
        if not (self._queue or self._is_closing):
            self._arrived.clear()
            await self._arrived.wait()
        if self.queued_rows < COMMIT_ROWS and not self._is_closing:
            self._full.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), GATHER_S)
        return bool(self._queue)

    def _take(self) -> list[Waiting]:
        """The oldest requests, at least one and as many more as fit in a commit."""
        taken = [self._queue.popleft()]
        size = len(taken[0].rows)
        while self._queue and size + len(self._queue[0].rows) <= COMMIT_ROWS:
            taken.append(self._queue.popleft())
            size += len(taken[-1].rows)
        return taken

    async def _commit(self, requests: list[Waiting]) -> None:
        rows = [row for request in requests for row in request.rows]
        problem = await self._try_insert(rows) if rows else None
        self.queued_rows -= len(rows)
        for request in requests:
            if request.stored.done():
                continue  # the request was cancelled
            if problem:
                request.stored.set_exception(problem)
            else:
                request.stored.set_result(None)

    def _committed(self, rows: list[Row]) -> None:
        self.written_rows += len(rows)
        for listener in list(self._listeners.values()):
            try:
                listener(rows)
            except Exception:  # a bug of a listener's: the rows are stored all the same
                log.exception("Somebody who listens for commits failed.")

    async def _try_insert(self, rows: list[Row]) -> StoreError | None:
        problem = None
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._insert, rows)
            self._committed(rows)
        except StoreError as error:
            log.error("%s The senders of %d rows were told so.", error, len(rows))
            problem = error
        except Exception:  # a bug of ours: those who wait must hear of it too, and the writer live on
            log.exception("The senders of %d rows were told that they are not stored.", len(rows))
            problem = StoreError("The store could not store rows: a bug, and the log says where.")
        self.is_failing = problem is not None
        return problem
