"""The wheel `tresta-widget`: the tracker and the widget for Python callers, with types and test doubles."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from ..build import wheel
from ..machine.environment import ROOT


def build(directory: Path, version: str) -> Path:
    """Write the wheel into the directory; raises BuildError."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch)
        wheel.copy_widget(source)
        for file in ("README.md", "LICENSE"):
            shutil.copyfile(ROOT / file, source / file)
        pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        pyproject = pyproject.replace(f'version = "{wheel.version()}"', f'version = "{version}"', 1)
        (source / "pyproject.toml").write_text(pyproject, encoding="utf-8")
        return wheel.build(source, directory)
