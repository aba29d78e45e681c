"""The server under the system calls that its unit leaves it: all of it works, the compiler of its queries included."""

from __future__ import annotations

import ctypes.util
import subprocess
import sys
import urllib.error
from pathlib import Path

import pytest

from bundler.machine import programs
from tests.deploy import running, sandbox
from tests.deploy.running import DEPLOY, batch, replaced

pytestmark = pytest.mark.skipif(
    programs.path("systemd-analyze") is None or ctypes.util.find_library("seccomp") is None,
    reason="There is no systemd-analyze or libseccomp here: `python3 build.py test` installs both on Debian, as root.",
)
UNIT = DEPLOY / "tresta.service"
TIMES = 6  # the database compiles a query's expressions when it runs for the fourth time


def limited(unit: Path) -> tuple[str | Path, ...]:
    return (sys.executable, sandbox.__file__, unit)


def test_the_server_works_in_its_sandbox(tmp_path):
    with running.server(tmp_path, sandbox=limited(UNIT)) as server:
        assert running.post(server.url, batch(30)) == 204
        for _ in range(TIMES):
            dashboard = server.api("/accounts/acme/dashboard?range=24h")
        assert dashboard["summary"]["loads"]["page_views"] is None  # the newest ones wait for twenty later ones
        assert server.api("/health")["store"]["rows"] == 30
        assert "90 are promised" in server.cli("retention")
        server.cli("backup", tmp_path)
    assert "ERROR" not in server.log.read_text()


def test_it_would_not_work_without_memory_that_is_executed(tmp_path):
    """Why the unit does not set MemoryDenyWriteExecute=."""
    unit = tmp_path / "tresta.service"
    unit.write_text(replaced(UNIT.read_text(), {"LockPersonality=yes": "MemoryDenyWriteExecute=yes"}))
    with running.server(tmp_path, sandbox=limited(unit)) as server, pytest.raises(urllib.error.HTTPError):
        assert running.post(server.url, batch(30)) == 204
        for _ in range(TIMES):
            server.api("/accounts/acme/dashboard?range=24h")
    assert "CANNOT_MPROTECT" in server.log.read_text()


def test_what_the_unit_forbids_is_refused():
    for forbidden in ("os.setuid(os.getuid())", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)"):
        code, message = run(f"import os, socket; {forbidden}")
        assert (code, "PermissionError" in message) == (1, True), message
    assert run("import socket; socket.socket()") == (0, "")


def run(program: str) -> tuple[int, str]:
    command = [*limited(UNIT), sys.executable, "-c", program]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stderr
