"""Three server processes on one PostgreSQL and one ClickHouse cluster: they obey alike, and lose and double nothing."""

from __future__ import annotations

import contextlib
import http.client
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from server.alerts.rule import Rule
from server.alerts.rules import Rules
from server.control.accounts import Accounts
from server.control.audit import Audit
from server.control.database import ControlDatabase
from server.control.follower import LEADER
from server.control.settings import CONFIRMATION
from server.control.widget_owners import WidgetOwners
from server.control.widgets import Widgets
from server.errors import ControlError
from tests.server import receivers
from tests.server.test_cluster import Cluster, Node, cluster, empty  # noqa: F401 - two fixtures

ME = "test"
ANY_WEBHOOK = ("--webhook-targets", "any")
HOLDS_S = 2.0  # a change is obeyed everywhere within this time
SLOW_S = 8.0  # what a machine with other work may add
PROBE = 600_000  # a load time that no sender has


class Processes(NamedTuple):
    servers: list[Any]
    control: str
    add: Callable[[int], Any]


def accounts_in(control: str) -> None:
    with closing(ControlDatabase(control)) as database:
        Accounts(database).add("acme", "Acme", actor=ME)
        Accounts(database).set_telemetry("acme", "opt-in", 0.5, confirmation=CONFIRMATION, actor=ME)
        Widgets(database).add("w1", "acme", actor=ME)


@pytest.fixture
def processes(
    postgres: Any,
    empty: Cluster,  # noqa: F811
    tools: Any,
    tmp_path: Path,
) -> Iterator[Processes]:
    """Three processes, each on another node; `add(n)` starts one on the data directory `n`."""
    control, widgets = postgres.new_database(), tmp_path / "widgets"
    accounts_in(control)
    widgets.mkdir()
    tools.write_widget(widgets, "w1")
    started: list[Any] = []

    def add(number: int) -> Any:
        address = empty.nodes[number].address()
        started.append(
            tools.server(tmp_path / f"data{number}", widgets, "--control", control, "--store", address, *ANY_WEBHOOK)
        )
        return started[-1]

    yield Processes([add(number) for number in range(3)], control, add)
    for server in started:
        server.stop(signal.SIGKILL)


def bearer(server: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/json"}


def mode(server: Any) -> str:
    """The account's setting as a page gets it."""
    return str(server.get("/api/widgets/w1/public").json()["telemetry"]["mode"])


def leader_pid(control: str) -> int | None:
    """The session that holds the lock of the process that leads."""
    with psycopg.connect(control) as connection:
        sql = """
            SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database AND datname = current_database()
            WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32 | objid::bigint) = %s
        """
        pids = connection.execute(sql, (LEADER,)).fetchall()
        assert len(pids) <= 1
        return pids[0][0] if pids else None


def test_a_setting_changed_through_one_process_is_obeyed_by_all(processes) -> None:
    one, two, three = processes.servers
    assert [mode(server) for server in processes.servers] == ["opt-in"] * 3
    answer = one.ask("PUT", "/api/v1/accounts/acme/telemetry", '{"mode": "off"}', bearer(one))
    assert answer.status == 200, answer
    changed_at = time.monotonic()
    assert mode(one) == "off"  # at once
    while "opt-in" in (mode(two), mode(three)):
        assert time.monotonic() - changed_at < HOLDS_S + SLOW_S
    # Each token is valid everywhere, until it is revoked anywhere.
    assert three.get("/api/v1/accounts", **bearer(one)).status == 200


def test_live_streams_tell_of_the_rows_of_all_processes_once(processes, tools) -> None:
    one, two, _ = processes.servers
    connection = two.connect()
    connection.request("GET", "/api/v1/accounts/acme/live", headers=bearer(two))
    stream = connection.getresponse()
    assert stream.status == 200
    events: list[float] = []

    def read() -> None:
        with contextlib.suppress(AttributeError, OSError, ValueError):  # closed by the test
            for line in iter(stream.readline, b""):
                if line.startswith(b"event: commit"):
                    events.append(time.monotonic())

    threading.Thread(target=read, daemon=True).start()
    stored_at = time.monotonic()
    assert one.post(tools.batch()).status == 204
    tools.wait_for(lambda: events)
    assert events[0] - stored_at < HOLDS_S + SLOW_S
    time.sleep(3)
    assert len(events) == 1
    connection.close()


def test_one_process_leads_and_another_does_after_it_was_killed(processes, tools) -> None:
    def leading() -> Any:
        return leader_pid(processes.control)

    tools.wait_for(leading)
    first, servers = leading(), list(processes.servers)
    while leading() == first:  # nobody outside can tell which process has the session
        server = servers.pop()
        server.stop(signal.SIGKILL)
        time.sleep(1)
    assert servers or leading() is None
    again = processes.add(2)
    tools.wait_for(leading)
    assert mode(again) == "opt-in"


def test_a_message_of_an_alert_is_sent_by_one_process(processes) -> None:
    with receivers.webhook() as receiver, closing(ControlDatabase(processes.control)) as database:
        rule = Rules(database).add(Rule("acme", "silence", webhook=receiver.url), actor=ME).rule
        assert Rules(database).send_test(rule, datetime.now(UTC), timedelta(), actor=ME)
        time.sleep(8)  # all processes have looked for messages more than once
        assert len(receiver.requests) == 1


class Senders:
    """Threads that send batches to all servers of a list, each with a load time of its own, until they are ended."""

    def __init__(self, servers: list[Any], tools: Any) -> None:
        self.servers, self._tools = servers, tools
        self._numbers, self._lock, self._ending = iter(range(1, 500_000)), threading.Lock(), threading.Event()
        self.acknowledged: list[int] = []
        self.answers: Counter[int] = Counter()  # by status; 0 is none
        self._threads = [threading.Thread(target=self._send) for _ in range(6)]
        for thread in self._threads:
            thread.start()

    def sent(self, more: int) -> None:
        """Wait until so many more batches are acknowledged."""
        goal = len(self.acknowledged) + more
        self._tools.wait_for(lambda: len(self.acknowledged) >= goal)

    def end(self) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        chance = random.Random(5)
        while not self._ending.is_set():
            with self._lock:
                number, server = next(self._numbers), chance.choice(self.servers)
            body = self._tools.batch(loads=[{"layout": "grid", "load_ms": number}])
            try:
                status = server.post(body).status
            except (OSError, http.client.HTTPException):
                status = 0
            with self._lock:
                self.answers[status] += 1
                if status == 204:
                    self.acknowledged.append(number)


@pytest.fixture
def senders(
    processes: Processes,
    postgres: Any,
    empty: Cluster,  # noqa: F811
    tools: Any,
) -> Iterator[Senders]:
    """Senders to the three processes. What the test has killed of the databases runs again after it."""
    running = Senders(list(processes.servers), tools)
    yield running
    running.end()
    if postgres.process.poll() is not None:
        postgres.start()
    for node in empty.nodes:
        if node.process.poll() is not None:
            node.start()
            node.wait_until_ready()


def load_times(node: Node) -> Counter[int]:
    """How often each load time is on this node itself."""
    text = str(node.run("SELECT arrayStringConcat(groupArray(toString(load_ms)), ' ') FROM events_local"))
    return Counter(map(int, text.split()))


def test_nothing_acknowledged_is_lost_or_doubled_while_each_part_of_the_installation_is_killed(
    processes,
    senders,
    postgres,
    empty,  # noqa: F811
    tools,
) -> None:
    servers = senders.servers
    _, own, _, other = empty.nodes  # the node that the second process asks, and one that no process asks
    senders.sent(200)
    servers[2].stop(signal.SIGKILL)
    senders.sent(200)
    servers[2] = processes.add(2)
    senders.sent(200)
    other.kill()
    senders.sent(200)
    other.start()
    other.wait_until_ready()
    assert senders.answers.keys() <= {204, 0}, senders.answers  # a replica that is away is nobody's matter
    own.kill()
    senders.sent(200)  # by the other processes
    tools.wait_for(lambda: senders.answers[503])  # what the second cannot store it does not acknowledge
    own.start()
    own.wait_until_ready()
    probe = tools.batch(loads=[{"layout": "grid", "load_ms": PROBE}])
    tools.wait_for(lambda: servers[1].post(probe).status == 204)
    senders.sent(200)
    before_postgres = senders.answers[503]
    postgres.kill()
    senders.sent(300)  # with the settings of before
    postgres.start()
    senders.sent(200)
    senders.end()
    assert senders.answers.keys() <= {204, 0, 503}, senders.answers
    assert senders.answers[503] == before_postgres

    acknowledged = set(senders.acknowledged)

    def are_stored() -> bool:
        first, its_replica, second, other_replica = (load_times(node) for node in empty.nodes)
        return first == its_replica and second == other_replica and acknowledged <= {*first, *second}

    tools.wait_for(are_stored)
    stored = load_times(empty.nodes[0]) + load_times(empty.nodes[2])
    assert max(times for load_ms, times in stored.items() if load_ms != PROBE) == 1
    # Whoever can sign in again sees the change of another process.
    tools.wait_for(lambda: servers[0].get("/api/v1/accounts", **bearer(servers[0])).status == 200)
    answer = servers[0].ask("PUT", "/api/v1/accounts/acme/telemetry", '{"mode": "off"}', bearer(servers[0]))
    assert answer.status == 200, answer
    tools.wait_for(lambda: {mode(server) for server in servers} == {"off"})


def test_without_postgresql_the_settings_hold_for_a_time_and_batches_are_refused_after_it(
    postgres, monkeypatch, tools
) -> None:
    control = postgres.new_database()
    accounts_in(control)
    monkeypatch.setattr("server.control.follower.CURRENT_S", 3.0)
    with closing(ControlDatabase(control)) as database:
        owners = WidgetOwners(database)
        postgres.kill()
        try:
            killed_at = time.monotonic()
            with pytest.raises(ControlError, match=r"PostgreSQL control[0-9]+ at 127\.0\.0\.1 does not answer"):
                while True:
                    assert owners.owner_of("w1").account.id == "acme"
                    assert time.monotonic() - killed_at < 3 + SLOW_S
                    time.sleep(0.02)
            assert time.monotonic() - killed_at > 2
            with pytest.raises(ControlError):
                Accounts(database).all()
            with pytest.raises(ControlError), database.change():
                pass
        finally:
            postgres.start()
        tools.wait_for(database.engine.is_current)
        assert owners.owner_of("w1").account.id == "acme"
        Accounts(database).rename("acme", "Another", actor=ME)
        assert owners.owner_of("w1").account.name == "Another"


def test_the_commands_work_on_postgresql_and_a_backup_goes_either_way(postgres, tools, tmp_path) -> None:
    control, data, widgets = postgres.new_database(), tmp_path / "data", tmp_path / "widgets"
    options = ("--control", control, "--data", data)

    def run(*arguments: str | Path) -> str:
        result = tools.cli(*arguments, *options)
        assert result.returncode == 0, result
        return str(result.stdout)

    widgets.mkdir()
    tools.write_widget(widgets, "w1")
    run("init", "--account", "acme", "--widgets", widgets)
    run("account", "set", "acme", "--mode", "off")
    run("token", "make", "--scope", "viewer", "--account", "acme", "--label", "Tom")
    assert "acme" in run("account", "list")
    assert not (data / "control.sqlite").exists()

    server = tools.server(data, widgets, "--control", control)
    run("backup", tmp_path / "running.tar")
    assert server.stop() == 0
    run("backup", tmp_path / "stopped.tar")
    assert tools.cli("restore", tmp_path / "stopped.tar", "--data", tmp_path / "file").returncode == 0
    with (
        closing(ControlDatabase(tmp_path / "file" / "control.sqlite")) as restored,
        closing(ControlDatabase(control)) as original,
    ):
        assert Accounts(restored).all() == Accounts(original).all()
        entries = Audit(original).entries()
        assert [entry for entry in Audit(restored).entries() if entry.id <= entries[0].id] == entries
        with restored.change() as connection:
            connection.execute(
                "INSERT INTO audit (at, actor, action, detail) SELECT at, actor, action, 'new' FROM audit"
            )
        assert Audit(restored).entries()[0].id > entries[0].id  # numbers are never used again

    refusal = tools.cli("restore", tmp_path / "stopped.tar", "--data", tmp_path / "other", "--control", control)
    assert refusal.returncode == 1
    assert refusal.stderr == "A restore with --control needs --store too: both are shared, or neither.\n"


def test_a_backup_is_restored_into_postgresql(postgres, empty, tools, tmp_path) -> None:  # noqa: F811
    tools.register(tmp_path / "data", "w1", account="acme")
    assert tools.cli("backup", tmp_path / "b.tar", "--data", tmp_path / "data").returncode == 0
    control = postgres.new_database()
    command = ["restore", tmp_path / "b.tar", "--control", control, "--store", empty.nodes[0].address()]
    result = tools.cli(*command, "--data", tmp_path / "new")
    assert result.returncode == 0, result
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["lock", "operator.token"]
    with closing(ControlDatabase(control)) as database:
        assert list(Accounts(database).by_widget()) == ["w1"]
        Accounts(database).set_telemetry("acme", "off", None, actor=ME)  # numbered after those of the backup
        assert Audit(database).entries()[0].action == "telemetry.set"
    again = tools.cli(*command, "--data", tmp_path / "newer")
    assert (again.returncode, "has accounts already; add --replace" in again.stderr) == (1, True)
    replaced = tools.cli(*command, "--data", tmp_path / "newer", "--replace")
    assert "Account acme keeps its present setting, which is stricter: off." in replaced.stdout, replaced
