"""Runs another program silently and turns its failure into one sentence."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import BuildError

# Messages of pip, npm and apt when they cannot reach the registry.
_OFFLINE = re.compile(
    r"Temporary failure in name resolution|NewConnectionError|ConnectTimeout|Max retries exceeded|ProxyError"
    r"|Network is unreachable|from versions: none|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT"
    r"|Could not resolve|Failed to fetch"
)
_OUTPUT_LINES = 12


def run(
    command: Sequence[str | Path],
    failure: str,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> str:
    """Run the program and return its output. Raises BuildError(`failure`) with the last lines of the output.

    `env` is added to this process's own variables; `timeout` is in seconds.
    """
    try:
        process = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BuildError(f"{failure} It took longer than {timeout:.0f} s and was stopped.") from None
    except OSError as error:
        raise BuildError(f"{failure} {command[0]} could not be started: {error.strerror}.") from None
    if process.returncode == 0:
        return process.stdout
    if _OFFLINE.search(process.stdout):
        raise BuildError(f"{failure} The network is not reachable: connect this machine and run it again.")
    raise BuildError(f"{failure} Its output:\n" + _last_lines(process.stdout))


def _last_lines(output: str) -> str:
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-_OUTPUT_LINES:])
