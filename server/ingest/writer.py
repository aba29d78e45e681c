"""The one writer: it gathers the rows of many requests and commits them in one insert."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import NamedTuple

from ..errors import DiskFullError, QueueFullError, StoreError
from ..store.row import Row

DURABLE, BUFFERED = DURABILITIES = "durable", "buffered"
OK, DISK_FULL, STORE_FAILING = "ok", "disk_full", "store_failing"
GATHER_S = {DURABLE: 0.05, BUFFERED: 1.0}  # how long the first row of a commit waits for company
COMMIT_ROWS = 20_000  # as many rows wait for no more
QUEUE_ROWS = 100_000  # beyond these, requests are turned away
RETRY_S = 1.0  # from one try on a failing store to the next
PROBE_S = 5.0  # as often a store is tried when nobody sends

log = logging.getLogger(__name__)


class Waiting(NamedTuple):
    """The rows of one request, and, where it waits, the future in which it hears of their commit."""

    rows: list[Row]
    tried: asyncio.Future[None] | None


class Writer:
    """Group commit. Rows are acknowledged when they are on the disk, or as soon as they are in the queue:

    `durable`: a request waits for its commit. When that fails its senders are told, and its rows are dropped.
    `buffered`: a request waits for nothing. A commit that fails is tried again until it succeeds, and the queue
    fills meanwhile; what a crash can take is the queue, a second's rows.

    `insert` and `probe` run in a thread of the writer's own, everything else on the event loop.
    """

    def __init__(
        self,
        insert: Callable[[Sequence[Row], datetime, str], None],
        durability: str = DURABLE,
        probe: Callable[[], None] = lambda: None,
    ) -> None:
        """`insert` stores all of the rows, at their one time, or none, and knows by a token what it has already.

        `probe` tries the store without rows. Both raise StoreError.
        """
        self.capacity = QUEUE_ROWS
        self.queued_rows = 0  # waiting, or being written
        self.written_rows = 0  # since the start
        self.status = OK  # or disk_full, or store_failing, as the last try went,
        self.problem = ""  # and why it failed, in a sentence
        self._insert, self._probe = insert, probe
        self._is_durable = durability == DURABLE
        self._gather_s = GATHER_S[durability]
        self._listeners: dict[object, Callable[[Sequence[Row]], None]] = {}
        self._queue: deque[Waiting] = deque()
        self._arrived, self._full, self._closing = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "writer")
        self._task = asyncio.create_task(self._run())

    @property
    def is_failing(self) -> bool:
        """Whether the store took no rows when it was last tried."""
        return self.status != OK

    async def write(self, rows: list[Row]) -> None:
        """Returns when the rows may be acknowledged; raises StoreError when they are lost, QueueFullError at once."""
        tried = self.put(rows)
        if tried:
            await tried

    def put(self, rows: list[Row]) -> asyncio.Future[None] | None:
        """As `write`, for whoever does not wait: what is left to wait for, or None."""
        if self._closing.is_set() or self.queued_rows + len(rows) > self.capacity:
            raise QueueFullError
        tried = asyncio.get_running_loop().create_future() if self._is_durable else None
        self._append(Waiting(rows, tried))
        return tried

    def on_commit(self, listener: Callable[[Sequence[Row]], None]) -> Callable[[], None]:
        """Calls the listener, on the event loop, with the rows of each commit; gives what ends that."""
        key = object()
        self._listeners[key] = listener

        def cancel() -> None:
            self._listeners.pop(key, None)

        return cancel

    async def flush(self) -> None:
        """Returns when all that waited at the call has been tried, whatever became of it."""
        if not self._closing.is_set():
            tried = asyncio.get_running_loop().create_future()
            self._append(Waiting([], tried))
            with contextlib.suppress(StoreError):
                await tried

    async def close(self) -> None:
        """Takes no more rows, commits those that wait, and ends the thread."""
        for event in (self._closing, self._arrived, self._full):
            event.set()
        await self._task
        self._thread.shutdown()

    def _append(self, request: Waiting) -> None:
        self._queue.append(request)
        self.queued_rows += len(request.rows)
        self._arrived.set()
        if self.queued_rows >= COMMIT_ROWS:
            self._full.set()

    async def _run(self) -> None:
        while await self._gather():
            await self._commit(self._take())

    async def _gather(self) -> bool:
        """Waits for rows, then a little for more; False once the writer is closed and none is left."""
        while not (self._queue or self._closing.is_set()):
            self._arrived.clear()
            if not await _comes(self._arrived, RETRY_S if self.is_failing else PROBE_S):
                await self._try(self._probe)  # so that its state is known though nobody sends
        if self.queued_rows < COMMIT_ROWS and not self._closing.is_set():
            self._full.clear()
            await _comes(self._full, self._gather_s)
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
        commit = rows, datetime.now(UTC), uuid.uuid4().hex
        problem = await self._try(self._insert, *commit) if rows else None
        _tell(requests, problem)
        while problem and not self._is_durable:
            _tell(self._queue, problem)  # who flushes waits for a try, not for success
            is_last = await _comes(self._closing, RETRY_S)
            problem = await self._try(self._insert, *commit)
            if problem and is_last:
                log.error("%d acknowledged rows are lost: the server ends, and its store takes none.", len(rows))
                break
        self.queued_rows -= len(rows)
        if not problem:
            self._committed(rows)

    def _committed(self, rows: list[Row]) -> None:
        self.written_rows += len(rows)
        for listener in list(self._listeners.values()):
            try:
                listener(rows)
            except Exception:  # a bug of a listener's: the rows are stored all the same
                log.exception("A listener for commits failed.")

    async def _try(self, task: Callable[..., None], *arguments: object) -> StoreError | None:
        """Runs the task in the thread, and keeps and gives its problem, if there is one."""
        problem = None
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, task, *arguments)
        except StoreError as error:
            problem = error
        except Exception:  # a bug of ours: those who wait must hear of it too, and the writer live on
            log.exception("The writer failed.")
            problem = StoreError("The store could not store rows: a bug, and the log says where.")
        if str(problem or "") != self.problem:  # once, and not with every commit
            log.error("%s", problem or "The store takes rows again.")
        self.problem = str(problem or "")
        self.status = (DISK_FULL if isinstance(problem, DiskFullError) else STORE_FAILING) if problem else OK
        return problem


def _tell(requests: Iterable[Waiting], problem: StoreError | None) -> None:
    for _, tried in requests:
        if tried is None or tried.done():
            continue  # it waits for nothing, it was cancelled, or it has heard already
        if problem:
            tried.set_exception(problem)
        else:
            tried.set_result(None)


async def _comes(event: asyncio.Event, within_s: float) -> bool:
    """Whether the event is set, now or within so many seconds."""
    try:
        await asyncio.wait_for(event.wait(), within_s)
    except TimeoutError:
        return False
    return True
