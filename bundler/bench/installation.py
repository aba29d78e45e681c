"""Several server processes on one PostgreSQL and one ClickHouse, as on several machines."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..machine import programs
from ..machine.clickhouse import server as clickhouse_server
from ..machine.clickhouse.server import ClickHouseServer
from ..machine.free_ports import free_ports
from ..machine.postgres import PostgresServer
from ..machine.progress import step
from . import measured_server, processor
from .measured_server import MeasuredServer


@dataclass(frozen=True)
class Installation:
    """The processes. All servers are equal."""

    servers: Sequence[MeasuredServer]
    postgres: PostgresServer
    clickhouse: ClickHouseServer

    def cpu_s(self) -> dict[str, float]:
        """The CPU time that each part has used so far, in seconds."""
        return {
            "servers": sum(server.cpu_s() for server in self.servers),
            "clickhouse": processor.cpu_s(self.clickhouse.process.pid),
            "postgresql": processor.cpu_with_children_s(self.postgres.process.pid),
        }

    def bytes_per_row(self) -> float:
        """What a stored row takes on ClickHouse's disk, once its parts are merged."""
        self.clickhouse.run("OPTIMIZE TABLE events FINAL")
        sizes = "SELECT sum(bytes_on_disk) / sum(rows) FROM system.parts WHERE active AND table = 'events'"
        return float(self.clickhouse.run(sizes))


@contextmanager
def running(processes: int) -> Iterator[Installation]:
    """An installation of so many server processes, with what `measured_server.prepare` makes. Raises BuildError."""
    programs.ensure()
    clickhouse_server.ensure()
    with tempfile.TemporaryDirectory(prefix="tresta-scale-") as path, ExitStack() as stack:
        directory = Path(path)
        with step("Starting PostgreSQL, ClickHouse and the servers"):
            postgres = PostgresServer()
            stack.callback(postgres.remove)
            http_port, tcp_port = free_ports(2)
            engine = ClickHouseServer(directory / "clickhouse", http_port, tcp_port)
            stack.callback(engine.kill)
            engine.wait_until_ready()
            control = ("--control", postgres.new_database())
            measured_server.prepare(directory, *control)
            options = (*control, "--store", engine.address())
            servers = [
                stack.enter_context(measured_server.start(directory, "durable", *options, data=f"data-{number}"))
                for number in range(processes)
            ]
        yield Installation(servers, postgres, engine)
