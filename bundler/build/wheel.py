"""Wheels: the one of `widget/` that a page loads, and the making of any other."""

from __future__ import annotations

import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from ..machine import command
from ..machine.environment import ROOT
from . import loader

_TEST_DOUBLES = ("testing.py", "testing_place.py")  # of use to Python callers, and of none in a page
_README = "The Tresta widget as a page loads it, without its test doubles.\n"


def version() -> str:
    """The project's version in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def name() -> str:
    """The file name of the widget's wheel; the version is in it."""
    return f"tresta_widget-{version()}-py3-none-any.whl"


def build_for_pages(directory: Path) -> Path:
    """Write the wheel that the visitor's Python or a PyScript page unpacks; raises BuildError."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch)
        for file in ("pyproject.toml", "LICENSE"):
            shutil.copyfile(ROOT / file, source / file)
        (source / "README.md").write_text(_README, encoding="utf-8")
        copy_widget(source, leave_out=(*_TEST_DOUBLES, "py.typed"))
        return build(source, directory)


def build(source: Path, directory: Path) -> Path:
    """Write the wheel of the project in `source` into the directory; the same sources give the same bytes.

    Raises BuildError.
    """
    with tempfile.TemporaryDirectory() as scratch:
        command.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", scratch],
            "A wheel could not be built.",
            cwd=source,
            # A wheel is a ZIP, which cannot hold a time before 1980; hatchling stamps each file with this one.
            env={"SOURCE_DATE_EPOCH": "315532800"},
        )
        (wheel,) = Path(scratch).glob("*.whl")
        directory.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(wheel, directory))


def copy_widget(directory: Path, *, leave_out: tuple[str, ...] = ()) -> None:
    """Copy the package `widget` into the directory, with the JavaScript that it runs in a page without the loader.

    Raises BuildError.
    """
    copy_package(ROOT / "widget", directory / "widget", leave_out=leave_out)
    (directory / "widget" / "page" / "controls.js").write_text(loader.controls(), encoding="utf-8")


def copy_package(source: Path, target: Path, *, leave_out: tuple[str, ...] = ()) -> None:
    """Copy a package's files, without what Python compiled of them and without the names in `leave_out`."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", *leave_out))
