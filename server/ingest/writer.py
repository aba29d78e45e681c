"""Gathers the rows of many requests and commits them to the store in one insert."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from ..errors import DiskFullError, QueueFullError, StoreError
from ..store.row import Row

Status = Literal["ok", "disk_full", "store_failing"]  # /health and /api/v1/health show it
DURABLE, BUFFERED = "durable", "buffered"
GATHER_S = {DURABLE: 0.05, BUFFERED: 1.0}  # how long the first row of a commit waits for more rows
COMMIT_ROWS = 20_000  # with this many rows, the commit starts at once
QUEUE_ROWS = 100_000  # beyond this many waiting rows, requests are refused
RETRY_S = 1.0  # between two attempts on a failing store
PROBE_S = 5.0  # between two probes of the store while no rows arrive

log = logging.getLogger(__name__)


class Waiting(NamedTuple):
    """The rows of one request. `commit` is the future of the commit, if the request waits for it."""

    rows: list[Row]
    commit: asyncio.Future[None] | None


class Writer:
    """Commits in groups. `durability` decides when a request's rows are acknowledged.

    `durable`: when they are on the disk. If the commit fails, its requests are refused and their rows are dropped.
    `buffered`: when they are in the queue. A failed commit is tried again until it succeeds, and meanwhile the queue
    fills. A crash loses the queue, which is one second of rows.

    `insert` and `probe` run in a thread of the writer. Everything else runs on the event loop.
    """

    def __init__(
        self,
        insert: Callable[[Sequence[Row], datetime, str], None],
        durability: str = DURABLE,
        probe: Callable[[], None] = lambda: None,
    ) -> None:
        """`insert` stores all rows with the given time, or none. With a token that it knows, it stores nothing again.

        `probe` checks the store without storing rows. Both raise StoreError.
        """
        self.capacity = QUEUE_ROWS
        self.queued_rows = 0  # waiting, or being written
        self.written_rows = 0  # since the start
        self.status: Status = "ok"  # of the last attempt
        self.problem = ""  # why the last attempt failed, in a sentence; empty if it succeeded
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
        """True if the last attempt to store rows, or the last probe, failed."""
        return self.status != "ok"

    async def write(self, rows: list[Row]) -> None:
        """Return when the rows are acknowledged. Raises StoreError if they are lost, and QueueFullError at once."""
        commit = self.enqueue(rows)
        if commit:
            await commit

    def enqueue(self, rows: list[Row]) -> asyncio.Future[None] | None:
        """Queue the rows. Returns the future of their commit, or None if they are acknowledged already.

        The future raises StoreError if the commit fails. Raises QueueFullError.
        """
        if self._closing.is_set() or self.queued_rows + len(rows) > self.capacity:
            raise QueueFullError
        commit = asyncio.get_running_loop().create_future() if self._is_durable else None
        self._append(Waiting(rows, commit))
        return commit

    def on_commit(self, listener: Callable[[Sequence[Row]], None]) -> Callable[[], None]:
        """Call the listener, on the event loop, with the rows of each commit. Returns a function that removes it."""
        key = object()
        self._listeners[key] = listener

        def cancel() -> None:
            self._listeners.pop(key, None)

        return cancel

    async def flush(self) -> None:
        """Return when a commit of all rows in the queue was attempted, whether or not it succeeded."""
        if not self._closing.is_set():
            commit = asyncio.get_running_loop().create_future()
            self._append(Waiting([], commit))
            with contextlib.suppress(StoreError):
                await commit

    async def close(self) -> None:
        """Refuse new rows, commit those in the queue, and end the thread."""
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
            await self._commit(self._dequeue())

    async def _gather(self) -> bool:
        """Wait for rows, then a little for more. Returns False once the writer is closed and the queue is empty."""
        while not (self._queue or self._closing.is_set()):
            self._arrived.clear()
            if not await _wait(self._arrived, RETRY_S if self.is_failing else PROBE_S):
                await self._attempt(self._probe)  # so that `status` is current although no rows arrive
        if self.queued_rows < COMMIT_ROWS and not self._closing.is_set():
            self._full.clear()
            await _wait(self._full, self._gather_s)
        return bool(self._queue)

    def _dequeue(self) -> list[Waiting]:
        """Remove and return the oldest requests: at least one, and as many more as fit in a commit."""
        requests = [self._queue.popleft()]
        size = len(requests[0].rows)
        while self._queue and size + len(self._queue[0].rows) <= COMMIT_ROWS:
            requests.append(self._queue.popleft())
            size += len(requests[-1].rows)
        return requests

    async def _commit(self, requests: list[Waiting]) -> None:
        rows = [row for request in requests for row in request.rows]
        arguments = rows, datetime.now(UTC), uuid.uuid4().hex
        problem = await self._attempt(self._insert, *arguments) if rows else None
        _resolve(requests, problem)
        while problem and not self._is_durable:
            _resolve(self._queue, problem)  # `flush` waits for an attempt, not for success
            is_last = await _wait(self._closing, RETRY_S)
            problem = await self._attempt(self._insert, *arguments)
            if problem and is_last:
                log.error("%d acknowledged rows are lost: the server ends while its store takes no rows.", len(rows))
                break
        self.queued_rows -= len(rows)
        if not problem:
            self._notify(rows)

    def _notify(self, rows: list[Row]) -> None:
        self.written_rows += len(rows)
        for listener in list(self._listeners.values()):
            try:
                listener(rows)
            except Exception:  # a bug in a listener; the rows are stored all the same
                log.exception("A listener for commits failed.")

    async def _attempt(self, task: Callable[..., None], *arguments: object) -> StoreError | None:
        """Run the task in the thread and update `status` and `problem`. Returns the error, if there was one."""
        problem = None
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, task, *arguments)
        except StoreError as error:
            problem = error
        except Exception:  # a bug here; waiting requests must get an answer, and the writer must go on
            log.exception("The writer failed.")
            problem = StoreError("The store could not store rows because of a bug; see the server's log.")
        if str(problem or "") != self.problem:  # log once, not with every commit
            log.error("%s", problem or "The store takes rows again.")
        self.problem = str(problem or "")
        self.status = _status(problem)
        return problem


def _status(problem: StoreError | None) -> Status:
    if problem is None:
        return "ok"
    return "disk_full" if isinstance(problem, DiskFullError) else "store_failing"


def _resolve(requests: Iterable[Waiting], problem: StoreError | None) -> None:
    """Set the result of the requests' futures."""
    for _, commit in requests:
        if commit is None or commit.done():  # nobody waits, or it was cancelled or resolved before
            continue
        if problem:
            commit.set_exception(problem)
        else:
            commit.set_result(None)


async def _wait(event: asyncio.Event, timeout_s: float) -> bool:
    """Wait for the event. Returns False if it is not set within that time."""
    try:
        await asyncio.wait_for(event.wait(), timeout_s)
    except TimeoutError:
        return False
    return True
