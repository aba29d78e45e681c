"""Starts a ClickHouse server on 127.0.0.1, as a process that can be killed and started again."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import clickhouse_connect

from .. import node
from ..errors import BuildError

HERE = Path(__file__).parent
LIBRARY = HERE / "node_modules" / "@chdb" / "lib-linux-x64-gnu" / "libchdb.so"
NO_CONFIG = "<clickhouse></clickhouse>"
START_S = 60.0
_POLL_INTERVAL_S = 0.02


def ensure() -> None:
    """Install the library if it is missing. Raises BuildError."""
    node.install_packages(HERE)


class ClickHouseServer:
    """One server process, with its database `telemetry`. What it stores is in `directory`, and stays after `kill`."""

    def __init__(self, directory: Path, http_port: int, tcp_port: int, config: str = NO_CONFIG) -> None:
        """Start the server; `config` is XML. It does not answer yet: see `wait_until_ready`."""
        self.http_port = http_port
        self._log, config_file = directory.with_suffix(".log"), directory.with_suffix(".xml")
        config_file.write_text(config, encoding="utf-8")
        self._command = [sys.executable, str(HERE / "listen.py"), str(LIBRARY), str(directory)]
        self._command += [str(http_port), str(tcp_port), str(config_file)]
        self.start()

    def start(self) -> None:
        """Start the process, for the first time or after `kill`."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def wait_until_ready(self) -> None:
        """Wait until the server takes connections. Raises BuildError if it ends, or does not within START_S."""
        deadline = time.monotonic() + START_S
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise BuildError(f"ClickHouse did not start: {self._log.read_text()[-1000:]}")
            time.sleep(_POLL_INTERVAL_S)

    def kill(self) -> None:
        """End the process at once, as a crash would."""
        self.process.kill()
        self.process.wait()

    def address(self, options: str = "") -> str:
        """The address for `--store`, with these options."""
        return f"clickhouse://127.0.0.1:{self.http_port}/telemetry{'?' if options else ''}{options}"

    def run(self, statement: str) -> Any:
        """Run a statement on this server. Returns the single value of its answer."""
        client = clickhouse_connect.get_client(host="127.0.0.1", port=self.http_port, database="telemetry")
        try:
            return client.command(statement)
        finally:
            client.close()

    def _is_ready(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.http_port), timeout=1).close()
        except OSError:
            return False
        return True
