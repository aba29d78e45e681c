"""Fixtures of the package tests: an empty project outside the checkout, in which the npm package is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bundler.build import dist, wheel
from bundler.machine import node
from bundler.packages import npm
from tests.browser.conftest import browser, new_context, origins, page, record, site

__all__ = ["browser", "new_context", "origins", "page", "record", "site"]

NO_REGISTRY = "http://127.0.0.1:9"  # nothing listens there, so a request to a registry fails

# What a project with TypeScript and React has besides.
_TOOLS = ("@types/react", "@types/react-dom", "csstype", "react", "react-dom", "scheduler", "typescript")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def tgz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The npm package."""
    return npm.build(dist.build(), tmp_path_factory.mktemp("packed"), wheel.version())


@pytest.fixture(scope="session")
def project(tgz: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's directory."""
    directory = tmp_path_factory.mktemp("project")
    (directory / "package.json").write_text('{"private": true, "type": "module"}')
    options = ("--offline", f"--cache={directory / 'cache'}", f"--registry={NO_REGISTRY}", "--no-audit", "--no-fund")
    node.npm("install", *options, str(tgz), cwd=directory, failure="The package could not be installed.")
    for tool in _TOOLS:
        shutil.copytree(node.MODULES / tool, directory / "node_modules" / tool)
    return directory


@pytest.fixture(scope="session")
def run_node(project: Path) -> Run:
    """`run_node(argument, ...)`: runs Node.js in the project's directory until it ends."""
    path = node._path()
    program = shutil.which("node", path=path)
    assert program is not None

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PATH": path}
        command = [program, *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=project, env=environment, timeout=120
        )

    return run
