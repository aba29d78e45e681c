"""`package`: the things one can install, made into dist/packages/."""

from __future__ import annotations

from pathlib import Path

from ..build import dist
from ..machine import progress
from . import bill, npm, server_wheel, widget_wheel
from .checkout import release_version


def build(*, allow_dirty: bool = False) -> list[Path]:
    """Make all packages of this checkout and return their files; raises BuildError."""
    version = release_version(allow_dirty=allow_dirty)
    built = dist.build()
    with progress.step("Making the packages"):
        return build_into(built / "packages", built, version)


def build_into(directory: Path, built: Path, version: str) -> list[Path]:
    """Make the packages, and what goes beside them, from the files in `built`, which is dist/; raises BuildError."""
    wheels = [widget_wheel.build(directory, version), server_wheel.build(built, directory, version)]
    return [*wheels, npm.build(built, directory, version), *bill.build(directory, version, wheels)]
