"""The wheel `tresta-server`: the server with the command `tresta`, the console and the embed script inside.

In a checkout the package is called `server`. Installed it is `tresta_server`, so that nobody's site-packages gets a
module of so common a name.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from pathlib import Path
from string import Template

from ..build import wheel
from ..machine.environment import ROOT

_HERE = Path(__file__).parent


def build(dist: Path, directory: Path, version: str) -> Path:
    """Write the wheel into the directory, with the built files of `dist`; raises BuildError."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch)
        package = source / "tresta_server"
        wheel.copy_package(ROOT / "server", package)
        shutil.copytree(dist, package / "built", ignore=shutil.ignore_patterns("packages"))
        shutil.copyfile(ROOT / "LICENSE", source / "LICENSE")
        shutil.copyfile(_HERE / "server.md", source / "README.md")
        (source / "pyproject.toml").write_text(_pyproject(version), encoding="utf-8")
        return wheel.build(source, directory)


def _pyproject(version: str) -> str:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    dependencies = [f"tresta-widget=={version}", *table["dependency-groups"]["server"]]
    template = Template((_HERE / "server.toml").read_text(encoding="utf-8"))
    return template.substitute(version=version, dependencies=json.dumps(dependencies))
