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
from tests.server.test_cluster import Cluster, cluster, empty  # noqa: F401 - two fixtures

ME = "test"
ANY_WEBHOOK = ("--webhook-targets", "any")
HOLDS_S = 2.0  # a change is obeyed everywhere within this time
SLOW_S = 8.0  # what a machine with other work may add


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


def test_nothing_acknowledged_is_lost_or_doubled_while_processes_and_postgresql_are_killed(
    processes,
    postgres,
    empty,  # noqa: F811
    tools,
) -> None:
    servers, numbers = list(processes.servers), iter(range(1, 500_000))
    acknowledged: list[int] = []
    answers: Counter[int] = Counter()
    lock, ending = threading.Lock(), threading.Event()

    def send() -> None:
        chance = random.Random(5)
        while not ending.is_set():
            with lock:
                number, server = next(numbers), chance.choice(servers)
            body = tools.batch(loads=[{"layout": "grid", "load_ms": number}])
            try:
                status = server.post(body).status
            except (OSError, http.client.HTTPException):
                status = 0
            with lock:
                answers[status] += 1
                if status == 204:
                    acknowledged.append(number)

    def sent(more: int) -> None:
        goal = len(acknowledged) + more
        tools.wait_for(lambda: len(acknowledged) >= goal)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    try:
        sent(200)
        servers[2].stop(signal.SIGKILL)
        sent(200)
        servers[2] = processes.add(2)
        sent(200)
        postgres.kill()
        sent(300)  # with the settings of before
        postgres.start()
        sent(200)
    finally:
        ending.set()
        for thread in threads:
            thread.join()
        if postgres.process.poll() is not None:
            postgres.start()
    assert answers.keys() <= {204, 0}, answers

    def stored() -> Counter[int]:
        return Counter(row["load_ms"] for row in empty.stores[0].query("newest_events", limit=1_000_000))

    tools.wait_for(lambda: set(acknowledged) <= set(stored()))
    assert max(stored().values()) == 1
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
