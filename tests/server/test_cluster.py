"""The store on a real ClickHouse of two shards by two replicas: the embedded store's answers, and nothing lost."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import clickhouse_connect
import pytest

from bundler.machine import node
from server.control.database import ControlDatabase
from server.errors import StoreError
from server.figures.dashboard import Dashboards
from server.figures.question import Question
from server.store import retention
from server.store.row import Row
from server.store.store import Store

HERE = Path(__file__).parent / "cluster"
LIBRARY = HERE / "node_modules" / "@chdb" / "lib-linux-x64-gnu" / "libchdb.so"
# `clickhouse local` sends nothing in the background unless it is told how many may; a server's default is 16.
CONFIG = """
<clickhouse>
    <background_distributed_schedule_pool_size>4</background_distributed_schedule_pool_size>
    <remote_servers><tresta>{shards}</tresta></remote_servers>
</clickhouse>"""
SHARD = "<shard><internal_replication>false</internal_replication>{replicas}</shard>"
REPLICA = "<replica><host>127.0.0.1</host><port>{port}</port></replica>"

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)


class Node:
    """One server of the cluster, as a process that can be killed and started again."""

    def __init__(self, directory: Path, http_port: int, tcp_port: int, config: Path) -> None:
        self.http_port = http_port
        self._log = directory.with_suffix(".log")
        self._command = [sys.executable, str(HERE / "node.py"), str(LIBRARY), str(directory)]
        self._command += [str(http_port), str(tcp_port), str(config)]
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self._log.read_text()
        try:
            socket.create_connection(("127.0.0.1", self.http_port), timeout=1).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def address(self, options: str = "cluster=tresta&replicated=no") -> str:
        return f"clickhouse://127.0.0.1:{self.http_port}/telemetry?{options}"

    def run(self, statement: str) -> Any:
        """The one value of a statement's answer, from this node."""
        client = clickhouse_connect.get_client(host="127.0.0.1", port=self.http_port, database="telemetry")
        try:
            return client.command(statement)
        finally:
            client.close()

    def stored(self) -> int:
        """How many rows this node itself holds, whatever their age."""
        return int(self.run("SELECT count() FROM events_local"))


class Cluster(NamedTuple):
    """Two shards by two replicas: nodes 0 and 1 hold the same rows, and 2 and 3. `stores` is a store by each node."""

    nodes: list[Node]
    stores: list[Store]

    def in_step(self, rows: int) -> bool:
        """Whether every replica holds its share of so many rows in all."""
        held = [node.stored() for node in self.nodes]
        return held[0] == held[1] and held[2] == held[3] and held[0] + held[2] == rows


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, tools: Any) -> Iterator[Cluster]:
    node.install_packages(HERE)
    directory = tmp_path_factory.mktemp("cluster")
    ports = free_ports(8)
    replicas = [REPLICA.format(port=port) for port in ports[4:]]
    shards = SHARD.format(replicas="".join(replicas[:2])) + SHARD.format(replicas="".join(replicas[2:]))
    config = directory / "config.xml"
    config.write_text(CONFIG.format(shards=shards))
    nodes = [Node(directory / f"node{n}", ports[n], ports[n + 4], config) for n in range(4)]
    stores: list[Store] = []
    try:
        for one in nodes:
            tools.wait_for(one.is_ready)
        stores += [Store(one.address()) for one in nodes]
        assert nodes[0].run("SELECT value FROM system.settings WHERE name = 'use_hedged_requests'") == 0
        yield Cluster(nodes, stores)
    finally:
        for store in stores:
            store.close()
        for one in nodes:
            one.kill()


@pytest.fixture
def empty(cluster: Cluster) -> Cluster:
    for one in cluster.nodes:
        one.run("TRUNCATE TABLE events_local SYNC")
    return cluster


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in held]
    for listener in held:
        listener.close()
    return ports


def commits() -> Iterator[tuple[datetime, list[Row]]]:
    """A hundred commits of ten accounts over a week."""
    chance = random.Random(3)
    for _ in range(100):
        at = NOW - timedelta(milliseconds=chance.randrange(7 * 86_400_000))
        yield at, [some_row(chance) for _ in range(chance.randrange(1, 80))]


def some_row(chance: random.Random) -> Row:
    about = f"account{chance.randrange(10)}", chance.choice(["w1", "w2"]), "0.1.0", chance.choice([0.01, 0.5, 1.0])
    kind = chance.choice(["load", "load", "load", "error", "interaction"])
    if kind == "load":
        return Row(*about, kind, layout="grid", load_ms=int(chance.lognormvariate(6, 0.8)))
    return Row(*about, kind, code="API_ERROR" if kind == "error" else "", count=chance.randint(1, 9))


def same(one: Any, other: Any) -> bool:
    """Whether two answers are the same, but for the order in which their sums were added up."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == (pytest.approx(other, rel=1e-9) if isinstance(other, float) else other))


def test_every_node_gives_the_embedded_stores_answers(empty, tmp_path, tools) -> None:
    embedded = Store(tmp_path / "store")
    written = list(commits())
    for at, rows in written:
        for store in (embedded, empty.stores[0]):
            store.insert(rows, at)
    tools.wait_for(lambda: empty.in_step(sum(len(rows) for _, rows in written)))
    questions = [Question.of_range(f"account{n}", "7d", time_zone="Europe/Berlin") for n in range(10)]
    questions += [Question.of_range("account1", name, widget="w2") for name in ("24h", "30d", "90d")]
    right = [Dashboards(embedded).of(question) for question in questions]
    assert all(answer["summary"]["loads"]["rows"] for answer in right)
    for store in empty.stores:
        assert all(same(Dashboards(store).of(q), answer) for q, answer in zip(questions, right, strict=True))
        assert store.query("newest_events", limit=1) == embedded.query("newest_events", limit=1)
        assert retention.oldest(store) == retention.oldest(embedded)
        assert retention.size(store)["rows"] == retention.size(embedded)["rows"]
    embedded.close()


def test_rows_lie_on_both_shards_and_an_account_on_one(empty, tools) -> None:
    rows = [row for _, commit in commits() for row in commit]
    empty.stores[2].insert(rows)
    tools.wait_for(lambda: empty.in_step(len(rows)))
    first, second = (
        empty.nodes[n].run("SELECT arrayStringConcat(groupUniqArray(account), ' ') FROM events_local") for n in (0, 2)
    )
    assert first
    assert second
    assert set(first.split()).isdisjoint(second.split())


def test_no_node_stores_or_shows_what_is_older_than_90_days(empty, tools, tmp_path) -> None:
    for one in empty.nodes:
        one.run("SYSTEM STOP TTL MERGES events_local")
    for days in (89, 91):
        rows = [Row(f"account{n}", f"days{days}", "0.1.0", 1.0, "load", layout="grid", load_ms=1) for n in range(100)]
        # A day is deleted as a whole, an hour before its first row is 90 days old.
        empty.stores[0].insert(rows, NOW - timedelta(days=days) + timedelta(hours=1))
    tools.wait_for(lambda: empty.in_step(200))
    for store in empty.stores:
        assert {row["widget"] for row in store.query("newest_events", limit=1000)} == {"days89"}
        table = Dashboards(store).of(Question("account1", NOW - timedelta(days=90, hours=23), NOW))["by_widget"]
        assert [line["name"] for line in table] == ["days89"]
        assert datetime.now(UTC) - (retention.oldest(store) or NOW) > retention.RETENTION
    broken = tools.cli("retention", "--store", empty.nodes[3].address(), "--data", tmp_path)
    assert broken.returncode == 1
    assert broken.stderr.endswith("nothing may be older than 90 days.\n")
    for one in empty.nodes:
        one.run("SYSTEM START TTL MERGES events_local")
    tools.wait_for(lambda: empty.in_step(100))
    for store in empty.stores:
        assert datetime.now(UTC) - (retention.oldest(store) or NOW) < retention.RETENTION


def test_nothing_acknowledged_is_lost_or_doubled_when_replicas_are_killed_under_load(empty, tools) -> None:
    acknowledged: list[int] = []
    is_over = threading.Event()

    def write() -> None:
        while not is_over.is_set():
            first = 50 * len(acknowledged)  # each row has a load time of its own
            rows = [Row(f"account{n}", "w1", "0.1.0", 1.0, "load", "grid", load_ms=first + n) for n in range(50)]
            empty.stores[0].insert(rows)  # raises where it is not acknowledged
            acknowledged.append(len(rows))

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            for victim in (empty.nodes[3], empty.nodes[1]):
                wait_for_more(acknowledged, tools)
                victim.kill()
                wait_for_more(acknowledged, tools)
                # Who asks meanwhile is answered by the other replica.
                assert empty.stores[0].query("newest_events", limit=1)
                victim.start()
                tools.wait_for(victim.is_ready)
        finally:
            wait_for_more(acknowledged, tools)
            is_over.set()
        writing.result()
    tools.wait_for(lambda: empty.in_step(sum(acknowledged)))
    for one in empty.nodes:
        assert int(one.run("SELECT count() - uniqExact(load_ms) FROM events")) == 0


def wait_for_more(acknowledged: list[int], tools: Any) -> None:
    """Until twenty more commits are acknowledged."""
    enough = len(acknowledged) + 20
    tools.wait_for(lambda: len(acknowledged) >= enough)


def test_a_server_keeps_its_events_in_the_cluster_through_the_loss_of_a_replica(empty, start, tools, tmp_path) -> None:
    server = start("--store", empty.nodes[0].address())
    assert server.post(tools.batch()).status == 204
    empty.nodes[3].kill()
    for _ in range(5):
        assert server.post(tools.batch()).status == 204
    bearer = f"Bearer {server.token()}"
    answer = server.get("/api/v1/accounts/acme/dashboard?range=1h", Authorization=bearer).json()
    empty.nodes[3].start()
    tools.wait_for(empty.nodes[3].is_ready)
    tools.wait_for(lambda: empty.in_step(6))
    assert 1 <= answer["summary"]["loads"]["rows"] <= 6  # rows reach a replica a moment after they are acknowledged
    assert len(server.events()) == 6
    assert server.get("/api/v1/health", Authorization=bearer).json()["store"]["rows"] == 6
    done = tools.cli("backup", tmp_path / "b.tar", "--data", server.data)
    assert f"{tmp_path / 'b.tar'} holds 6 rows and the accounts" in done.stdout
    assert not (server.data / "store").exists()
    assert server.stop() == 0


def test_a_backup_of_a_directory_is_restored_into_a_cluster(empty, tmp_path, tools) -> None:
    data = tmp_path / "data"
    data.mkdir()
    ControlDatabase(data / "control.sqlite").close()
    rows = [row for _, commit in commits() for row in commit]
    embedded = Store(data / "store")
    embedded.insert(rows)
    embedded.close()
    assert tools.cli("backup", tmp_path / "b.tar", "--data", data).returncode == 0
    done = tools.cli("restore", tmp_path / "b.tar", "--data", tmp_path / "new", "--store", empty.nodes[0].address())
    assert done.returncode == 0, done
    tools.wait_for(lambda: empty.in_step(len(rows)))


def test_two_servers_may_open_the_store_at_once_and_each_step_is_recorded(cluster, tools) -> None:
    with ThreadPoolExecutor(4) as pool:
        for store in pool.map(lambda _: Store(cluster.nodes[0].address()), range(4)):
            store.close()
    assert tools.cli("migrate", "--store", cluster.nodes[0].address()).returncode == 0
    steps = cluster.nodes[0].run(
        "SELECT arrayStringConcat(groupArray(name), ' ') FROM (SELECT name FROM migrations FINAL ORDER BY number)"
    )
    assert steps == "store/001_events store/002_events_of_all_nodes.cluster store/003_inserts_once"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("cluster=elsewhere&replicated=no", "The ClickHouse has no cluster elsewhere: name one of its remote_servers."),
        ("cluster=tresta", "The cluster tresta needs internal_replication = true for replicated tables."),
    ],
)
def test_a_cluster_that_is_not_as_the_address_says_is_not_written_to(cluster, options, sentence) -> None:
    with pytest.raises(StoreError) as error:
        Store(cluster.nodes[0].address(options))
    assert str(error.value) == sentence


def test_a_server_that_does_not_answer_is_said_without_its_password() -> None:
    (port,) = free_ports(1)
    with pytest.raises(StoreError, match=r"^The store could not open: [A-Za-z]+\.$"):
        Store(f"clickhouse://tresta:secret@127.0.0.1:{port}/telemetry")
