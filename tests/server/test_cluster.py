"""The store on a real ClickHouse cluster of two shards by two replicas: right answers, and no row is lost."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from bundler.machine.clickhouse import server as clickhouse
from bundler.machine.clickhouse.server import ClickHouseServer
from bundler.machine.free_ports import free_ports
from server.control.database import ControlDatabase
from server.errors import StoreError
from server.figures.dashboard import Dashboards
from server.figures.question import Question
from server.figures.summary import summary
from server.retention_period import RETENTION
from server.store import answers, retention
from server.store.erasure import Erasure, erase
from server.store.migrations import migrations
from server.store.row import Row
from server.store.store import Store

# `clickhouse local` has no threads for sending in the background by default; a server has 16.
CONFIG = """
<clickhouse>
    <background_distributed_schedule_pool_size>4</background_distributed_schedule_pool_size>
    <remote_servers><tresta>{shards}</tresta></remote_servers>
</clickhouse>"""
SHARD = "<shard><internal_replication>false</internal_replication>{replicas}</shard>"
REPLICA = "<replica><host>127.0.0.1</host><port>{port}</port></replica>"

PLAIN = "cluster=tresta&replicated=no"

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)


class Node(ClickHouseServer):
    """One server of the cluster."""

    def address(self, options: str = PLAIN) -> str:
        return super().address(options)

    def row_count(self) -> int:
        """The number of rows on this node itself, expired ones included."""
        return int(self.run("SELECT count() FROM events_local"))


class Cluster(NamedTuple):
    """Nodes 0 and 1 are the replicas of one shard, 2 and 3 of the other. `stores` has a store for each node."""

    nodes: list[Node]
    stores: list[Store]

    def in_step(self, rows: int) -> bool:
        """True if the shards have this many rows in total, and each replica has all rows of its shard."""
        counts = [node.row_count() for node in self.nodes]
        return counts[0] == counts[1] and counts[2] == counts[3] and counts[0] + counts[2] == rows


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    clickhouse.ensure()
    directory = tmp_path_factory.mktemp("cluster")
    ports = free_ports(8)
    replicas = [REPLICA.format(port=port) for port in ports[4:]]
    shards = SHARD.format(replicas="".join(replicas[:2])) + SHARD.format(replicas="".join(replicas[2:]))
    nodes = [Node(directory / f"node{n}", ports[n], ports[n + 4], CONFIG.format(shards=shards)) for n in range(4)]
    stores: list[Store] = []
    try:
        for one in nodes:
            one.wait_until_ready()
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


def commits() -> Iterator[tuple[datetime, list[Row]]]:
    """A hundred commits of ten accounts over a week."""
    chance = random.Random(3)
    for _ in range(100):
        at = NOW - timedelta(milliseconds=chance.randrange(7 * 86_400_000))
        yield at, [random_row(chance) for _ in range(chance.randrange(1, 80))]


def random_row(chance: random.Random) -> Row:
    common = f"account{chance.randrange(10)}", chance.choice(["w1", "w2"]), "0.1.0", chance.choice([0.01, 0.5, 1.0])
    kind = chance.choice(["load", "load", "load", "error", "interaction"])
    if kind == "load":
        return Row(*common, kind, layout="grid", load_ms=int(chance.lognormvariate(6, 0.8)))
    return Row(*common, kind, code="API_ERROR" if kind == "error" else "", count=chance.randint(1, 9))


def same(one: Any, other: Any) -> bool:
    """True if two answers are equal, apart from rounding errors of sums."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == (pytest.approx(other, rel=1e-9) if isinstance(other, float) else other))


def test_every_node_gives_the_same_answers_as_the_embedded_store(empty, tmp_path, tools) -> None:
    embedded = Store(tmp_path / "store")
    all_commits = list(commits())
    for at, rows in all_commits:
        for store in (embedded, empty.stores[0]):
            store.insert(rows, at)
    tools.wait_for(lambda: empty.in_step(sum(len(rows) for _, rows in all_commits)))
    questions = [Question.of_range(f"account{n}", "7d", time_zone="Europe/Berlin") for n in range(10)]
    questions += [Question.of_range("account1", name, widget="w2") for name in ("24h", "30d", "90d")]
    right = [Dashboards(embedded).of(question) for question in questions]
    assert any(answer["summary"]["loads"]["page_views"] for answer in right)
    for store in empty.stores:
        assert all(same(Dashboards(store).of(q), answer) for q, answer in zip(questions, right, strict=True))
        assert store.query("newest_events", limit=1) == embedded.query("newest_events", limit=1)
        assert retention.oldest(store) == retention.oldest(embedded)
        assert retention.size(store)["rows"] == retention.size(embedded)["rows"]
    embedded.close()


def test_both_shards_have_rows_and_each_account_is_on_one_shard(empty, tools) -> None:
    rows = [row for _, commit in commits() for row in commit]
    empty.stores[2].insert(rows)
    tools.wait_for(lambda: empty.in_step(len(rows)))
    first, second = (
        empty.nodes[n].run("SELECT arrayStringConcat(groupUniqArray(account), ' ') FROM events_local") for n in (0, 2)
    )
    assert first
    assert second
    assert set(first.split()).isdisjoint(second.split())


def test_no_node_stores_or_shows_rows_older_than_90_days(empty, tools, tmp_path) -> None:
    for one in empty.nodes:
        one.run("SYSTEM STOP TTL MERGES events_local")
    for days in (88, 91):
        names = [f"account{n % 4}" for n in range(100)]
        rows = [Row(name, f"days{days}", "0.1.0", 1.0, "load", layout="grid", load_ms=1) for name in names]
        # The engine drops a whole day, one hour before its first row is 90 days old: from 23:00 on, the 89th.
        empty.stores[0].insert(rows, NOW - timedelta(days=days) + timedelta(hours=1))
    tools.wait_for(lambda: empty.in_step(200))
    for store in empty.stores:
        assert {row["widget"] for row in store.query("newest_events", limit=1000)} == {"days88"}
        figures = summary(store, Question("account1", NOW - timedelta(days=90, hours=23), NOW))
        assert figures["loads"]["page_views"] == 25
        assert datetime.now(UTC) - (retention.oldest(store) or NOW) > RETENTION
    result = tools.cli("retention", "--store", empty.nodes[3].address(), "--data", tmp_path)
    assert result.returncode == 1
    assert result.stderr.endswith("nothing may be older than 90 days.\n")
    for one in empty.nodes:
        one.run("SYSTEM START TTL MERGES events_local")
    tools.wait_for(lambda: empty.in_step(100))
    for store in empty.stores:
        assert datetime.now(UTC) - (retention.oldest(store) or NOW) < RETENTION


def test_no_acknowledged_row_is_lost_or_doubled_when_replicas_are_killed_under_load(empty, tools) -> None:
    acknowledged: list[int] = []
    is_over = threading.Event()

    def write() -> None:
        while not is_over.is_set():
            first = 50 * len(acknowledged)  # gives each row its own load time
            rows = [Row(f"account{n}", "w1", "0.1.0", 1.0, "load", "grid", load_ms=first + n) for n in range(50)]
            empty.stores[0].insert(rows)  # raises if the rows are not acknowledged
            acknowledged.append(len(rows))

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            for victim in (empty.nodes[3], empty.nodes[1]):
                wait_for_more(acknowledged, tools)
                victim.kill()
                wait_for_more(acknowledged, tools)
                # Meanwhile the other replica answers queries.
                assert empty.stores[0].query("newest_events", limit=1)
                victim.start()
                victim.wait_until_ready()
        finally:
            wait_for_more(acknowledged, tools)
            is_over.set()
        writing.result()
    tools.wait_for(lambda: empty.in_step(sum(acknowledged)))
    for one in empty.nodes:
        assert int(one.run("SELECT count() - uniqExact(load_ms) FROM events")) == 0


def wait_for_more(acknowledged: list[int], tools: Any) -> None:
    """Wait until twenty more commits are acknowledged."""
    enough = len(acknowledged) + 20
    tools.wait_for(lambda: len(acknowledged) >= enough)


def test_a_server_on_a_cluster_keeps_working_without_a_replica(empty, start, tools, tmp_path) -> None:
    server = start("--store", empty.nodes[0].address())
    assert server.post(tools.batch()).status == 204
    empty.nodes[3].kill()
    for _ in range(5):
        assert server.post(tools.batch()).status == 204
    bearer = f"Bearer {server.token()}"
    answer = server.get("/api/v1/accounts/acme/dashboard?range=1h", Authorization=bearer).json()
    events = len(server.events())
    empty.nodes[3].start()
    empty.nodes[3].wait_until_ready()
    tools.wait_for(lambda: empty.in_step(6))
    assert answer["summary"]["loads"]["too_few"]
    assert 1 <= events <= 6  # a replica gets rows shortly after they are acknowledged
    assert len(server.events()) == 6
    assert server.get("/api/v1/health", Authorization=bearer).json()["store"]["rows"] == 6
    result = tools.cli("backup", tmp_path / "b.tar", "--data", server.data)
    assert f"{tmp_path / 'b.tar'} holds 6 rows and the accounts" in result.stdout
    assert not (server.data / "store").exists()
    assert server.stop() == 0


def test_a_backup_of_an_embedded_store_can_be_restored_into_a_cluster(empty, tmp_path, tools) -> None:
    data = tmp_path / "data"
    data.mkdir()
    ControlDatabase(data / "control.sqlite").close()
    rows = [row for _, commit in commits() for row in commit]
    embedded = Store(data / "store")
    embedded.insert(rows)
    embedded.close()
    assert tools.cli("backup", tmp_path / "b.tar", "--data", data).returncode == 0
    result = tools.cli("restore", tmp_path / "b.tar", "--data", tmp_path / "new", "--store", empty.nodes[0].address())
    assert result.returncode == 0, result
    tools.wait_for(lambda: empty.in_step(len(rows)))


def test_servers_may_open_the_store_at_the_same_time_and_each_step_is_recorded_once(cluster, tools) -> None:
    with ThreadPoolExecutor(4) as pool:
        for store in pool.map(lambda _: Store(cluster.nodes[0].address()), range(4)):
            store.close()
    assert tools.cli("migrate", "--store", cluster.nodes[0].address()).returncode == 0
    steps = cluster.nodes[0].run(
        "SELECT arrayStringConcat(groupArray(name), ' ') FROM (SELECT name FROM migrations FINAL ORDER BY number)"
    )
    first_of = {step.number: step.file for step in reversed(list(migrations(cluster=True)))}
    assert steps == " ".join(first_of[number] for number in sorted(first_of))


def test_rows_are_erased_node_by_node_and_what_other_nodes_have_is_told(empty, tools) -> None:
    accounts = [f"account{n}" for n in range(6)]  # on both shards
    empty.stores[0].insert([Row(name, "w1", "0.1.0", 1.0, "load", layout="grid", load_ms=5) for name in accounts])
    hour = NOW.replace(minute=0, second=0)
    answers.insert(empty.stores[0], {answers.Hour(hour, name, "w1"): 7 for name in accounts})
    tools.wait_for(lambda: empty.in_step(6))
    erasures = [Erasure(name) for name in accounts[:2]]
    left = [[erase(store, erasure).left for store in empty.stores] for erasure in erasures]
    assert all(max(numbers) > 0 == numbers[-1] for numbers in left)
    assert empty.in_step(4)
    for one in empty.nodes:
        names = "SELECT count() FROM content_answers_local WHERE account IN ('account0', 'account1')"
        assert one.run(names) == 0
    assert {row["account"] for row in empty.stores[3].query("newest_events", limit=100)} == {*accounts[2:]}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("cluster=elsewhere&replicated=no", "The ClickHouse has no cluster elsewhere: name one of its remote_servers."),
        ("cluster=tresta", "The cluster tresta needs internal_replication = true for replicated tables."),
    ],
)
def test_a_cluster_whose_configuration_does_not_fit_the_address_is_refused(cluster, options, sentence) -> None:
    with pytest.raises(StoreError) as error:
        Store(cluster.nodes[0].address(options))
    assert str(error.value) == sentence


def test_the_message_about_an_unreachable_server_does_not_contain_its_password() -> None:
    (port,) = free_ports(1)
    with pytest.raises(
        StoreError, match=rf"^The store at 127\.0\.0\.1:{port} cannot be reached: Connection refused\.$"
    ):
        Store(f"clickhouse://tresta:secret@127.0.0.1:{port}/telemetry")
