"""`test`: every check there is, one after the other, and at the end which of them failed."""

from __future__ import annotations

import subprocess
import sys
import time

from .browsers import launch, webkit
from .build import dist
from .machine import programs
from .machine.environment import ROOT
from .machine.progress import paint, say

# Some of four thousand tests hang on what else the machine is at while browsers, engines and clusters start beside
# them. One that fails is tried once more, and the summary names it, because each such test has a fault to mend.
AGAIN = ("--reruns=1", "-raR")
STATIC = {"ruff": ["ruff", "check", "."], "formatting": ["ruff", "format", "--check", "."], "mypy": ["mypy"]}
SLOWEST = "--durations=10"  # are named at the end
WORKERS = 2  # each boots Python in both browsers; more of them wait for a processor


def run_all(pytest_args: list[str]) -> int:
    """Lint, types and tests; the exit code. With arguments for pytest, its tests are those they select."""
    launch.ensure()
    programs.ensure()
    dist.build()
    if not webkit.is_here():
        say(webkit.MISSING)
    if missing := programs.missing():
        say(f"Some tests are left out: they need {', '.join(missing)}, which your system may offer.")
    # What ends soon comes first, so that one learns soon.
    checks = {
        "the unit tests": ["pytest", "tests/unit"],
        "the other tests": ["pytest", "tests", "--ignore=tests/unit", f"--numprocesses={WORKERS}", SLOWEST, *AGAIN],
    }
    return _run({**STATIC, **({"the tests": ["pytest", *pytest_args]} if pytest_args else checks)})


def run_fast(pytest_args: list[str]) -> int:
    """Lint, types and the unit tests that need no browser, no Node.js and no build; the exit code.

    With arguments for pytest, its tests are those of them that they select.
    """
    return _run({**STATIC, "the unit tests": ["pytest", "-m", "not builds", *(pytest_args or ["tests/unit"])]})


def _run(checks: dict[str, list[str]]) -> int:
    start = time.monotonic()
    failed = [name for name, module in checks.items() if not _passes(name, module)]
    if failed:
        say(paint(f"Failed: {', '.join(failed)}. What was wrong is said above.", "red"))
        return 1
    say(paint(f"All checks passed in {time.monotonic() - start:.0f} s.", "green"))
    return 0


def _passes(name: str, module: list[str]) -> bool:
    say(paint(f"\n{name[0].upper()}{name[1:]}: {' '.join(module)}", "bold"))
    return subprocess.run([sys.executable, "-m", *module], cwd=ROOT, check=False).returncode == 0
