"""Debian's packages: installed, or unpacked into a directory."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import command

_WITHIN_S = 900.0
_APT = ("apt-get", "--option=DPkg::Lock::Timeout=300", "--yes")  # another apt-get is waited for, in seconds
_QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def is_here() -> bool:
    """Whether this machine runs Debian."""
    try:
        return platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:
        return False


def may_install() -> bool:
    """Whether this is Debian, and its packages may be installed: only root may."""
    return is_here() and os.geteuid() == 0


def install(packages: Sequence[str], failure: str) -> None:
    """Install packages; raises BuildError(`failure`)."""
    _apt(failure, "update")
    _apt(failure, "install", "--no-install-recommends", *packages)


def unpack(package: str, directory: Path, failure: str) -> None:
    """Unpack a package into a new directory, and run none of its scripts; raises BuildError(`failure`)."""
    _apt(failure, "update")
    directory.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: an interrupted run leaves nothing under the directory's name.
    with tempfile.TemporaryDirectory(dir=directory.parent) as temporary:
        _apt(failure, "download", package, cwd=Path(temporary))
        (file,) = Path(temporary).glob("*.deb")
        draft = Path(temporary, "unpacked")
        command.run(["dpkg-deb", "--extract", file, draft], failure)
        try:
            draft.rename(directory)
        except OSError:
            if not directory.is_dir():  # else another run was faster
                raise


def _apt(failure: str, *arguments: str, cwd: Path | None = None) -> None:
    command.run([*_APT, *arguments], failure, cwd=cwd, env=_QUIET, timeout=_WITHIN_S)
