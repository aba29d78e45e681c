"""Two processes of build.py at once: one works, and the other waits for it."""

from __future__ import annotations

import subprocess
import sys

from bundler.machine import lock
from bundler.machine.environment import ROOT

HOLD = """
import sys
from pathlib import Path
from bundler.machine import lock
with lock.held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def hold(path):
    """Another process that holds the lock, once it says so, until it reads a line."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, path],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_the_second_says_that_it_waits_and_goes_on_after_the_first(tmp_path):
    path = tmp_path / "new" / "lock"
    with hold(path) as first:
        assert first.stdout.readline() == "held\n"
        with hold(path) as second:
            assert "waiting for it" in second.stderr.readline()
            first.stdin.write("go on\n")
            first.stdin.flush()
            assert second.stdout.readline() == "held\n"
            assert first.wait(10) == 0
            second.communicate("\n", timeout=10)


def test_a_killed_process_leaves_no_lock(tmp_path):
    path = tmp_path / "lock"
    with hold(path) as first:
        assert first.stdout.readline() == "held\n"
        first.kill()
        first.communicate()
    with lock.held(path):
        pass
