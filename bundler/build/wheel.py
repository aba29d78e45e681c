"""The wheel of `widget/`: what the visitor's Python unpacks, and what a PyScript page names in its config."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from ..machine import command
from ..machine.environment import ROOT


def version() -> str:
    """The project's version, as pyproject.toml says it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def name() -> str:
    """The wheel's file name; its version is in it."""
    return f"tresta_widget-{version()}-py3-none-any.whl"


def build(directory: Path) -> Path:
    """Write the wheel into the directory; the same sources give the same bytes. Raises BuildError."""
    command.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", directory],
        "The widget's wheel could not be built.",
        cwd=ROOT,
        # A wheel is a ZIP, which cannot hold a time before 1980; hatchling stamps each file with this one.
        env={"SOURCE_DATE_EPOCH": "315532800"},
    )
    return directory / name()
