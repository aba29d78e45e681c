"""The machine that the measurements were made on."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path


def describe() -> dict[str, object]:
    """The processor, the number of cores, the load average, the system and the date."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,  # over the last minute
        "system": f"{platform.system()} {platform.machine()}",
        "date": datetime.now(UTC).date().isoformat(),
    }


def sentence(machine: dict[str, object]) -> str:
    """The description as a sentence."""
    return "On {processor}, {cores} cores, {system}, load {load} at the start, {date}.".format(**machine)


def _processor() -> str:
    try:
        match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        match = None
    return match[1] if match else platform.processor() or "an unknown processor"
