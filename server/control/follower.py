"""Follows a PostgreSQL control database in a thread: the changes of all processes, their new rows, and who leads.

A process looks every POLL_S whether anything was changed, and reads the settings again before it says that they are
current. It leads while its session holds an advisory lock, which PostgreSQL frees when the session ends.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable

import psycopg

from ..errors import ControlError
from .postgres_session import PgConnection, connect

POLL_S = 0.5  # so that a change holds everywhere within 2 s
CURRENT_S = 60.0  # for how long settings that cannot be read again are taken for today's
LEADS_S = 5.0  # for how long a look makes sure that the lock is held
LEADER = 0x7472657374610002  # the lock's number
CHANNEL = "tresta_rows"
ACCOUNTS = 100  # in one announcement, which must be shorter than 8000 bytes
# PostgreSQL ends the session of a process that stands still, or whose machine is gone, so that another one can lead.
SETUP = """
    SET idle_session_timeout = '15s';
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 2;
"""

log = logging.getLogger(__name__)


class Follower:
    """The thread begins when somebody wants to know of changes. All methods are safe for all threads."""

    def __init__(self, url: str, name: str) -> None:
        """`name` is that of the database in the log."""
        self._url, self._name = url, name
        self._refreshes: list[Callable[[], None]] = []
        self._hearers: list[Callable[[list[str]], None]] = []
        self._new_rows: set[str] = set()  # accounts to announce
        self._changes = -1
        self._looked_at, self._holds_lock = time.monotonic(), False
        self._refreshing, self._lock, self._ending = threading.Lock(), threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._follow, name="control-follower", daemon=True)

    def on_change(self, refresh: Callable[[], None]) -> None:
        """Call `refresh` after each change."""
        with self._refreshing:
            self._refreshes.append(refresh)
            if not self._thread.is_alive() and not self._ending.is_set():
                self._looked_at = time.monotonic()
                self._thread.start()

    def on_announcement(self, hear: Callable[[list[str]], None]) -> None:
        """Call `hear` with the accounts of which other processes have stored rows."""
        self._hearers.append(hear)

    def refresh(self) -> None:
        """After a change by this process: it obeys at once. What fails now is done by the thread."""
        with contextlib.suppress(ControlError):
            self._refresh()

    def is_current(self) -> bool:
        """Whether the last look is younger than CURRENT_S."""
        return time.monotonic() - self._looked_at <= CURRENT_S

    def leads(self) -> bool:
        """Whether this process held the lock within the last LEADS_S."""
        return self._holds_lock and time.monotonic() - self._looked_at <= LEADS_S

    def announce(self, accounts: Iterable[str]) -> None:
        with self._lock:
            self._new_rows.update(accounts)

    def close(self) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _follow(self) -> None:
        is_away = False
        while not self._ending.is_set():
            try:
                with contextlib.closing(connect(self._url)) as connection:
                    connection.execute(f"{SETUP} LISTEN {CHANNEL};")
                    while not self._ending.is_set():
                        self._look(connection)
                        if is_away:
                            log.warning("%s answers again.", self._name)
                        is_away = False
                        self._hear(connection)
            except (psycopg.Error, ControlError) as error:
                if not is_away:
                    reason = str(error).partition("\n")[0].rstrip(".")
                    log.error(
                        "%s does not answer, and the settings of now hold for %.0f s: %s.",
                        self._name,
                        CURRENT_S,
                        reason,
                    )
                is_away, self._holds_lock = True, False
                self._ending.wait(POLL_S)

    def _look(self, connection: PgConnection) -> None:
        at = time.monotonic()
        ((changes,),) = connection.execute("SELECT changes FROM control_state").fetchall()
        if changes != self._changes:
            self._refresh()
            self._changes = changes
        if not self._holds_lock:
            ((self._holds_lock,),) = connection.execute(f"SELECT pg_try_advisory_lock({LEADER})").fetchall()
        self._tell(connection)
        self._looked_at = at

    def _refresh(self) -> None:
        with self._refreshing:
            for refresh in self._refreshes:
                refresh()

    def _tell(self, connection: PgConnection) -> None:
        with self._lock:
            accounts, self._new_rows = sorted(self._new_rows), set()
        try:
            for first in range(0, len(accounts), ACCOUNTS):
                text = json.dumps(accounts[first : first + ACCOUNTS])
                connection.execute("SELECT pg_notify($1, $2)", (CHANNEL, text))
        except psycopg.Error:
            self.announce(accounts)
            raise

    def _hear(self, connection: PgConnection) -> None:
        """Wait POLL_S for announcements."""
        own = connection.info.backend_pid
        for announcement in connection.notifies(timeout=POLL_S):
            if announcement.pid != own:
                for hear in self._hearers:
                    hear(json.loads(announcement.payload))
