"""The programs that the tests of deploy/ run: nginx, Caddy, systemd-analyze and openssl. All may be left out.

Debian starts nginx and Caddy, on all addresses, when it installs them. So their packages are unpacked into `.cache/`.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import debian, progress
from .environment import ROOT

_UNPACKED = ("nginx", "caddy")  # each is in a Debian package of its own name
_INSTALLED = {"systemd-analyze": "systemd", "openssl": "openssl"}  # the program and its Debian package
NAMES = (*_UNPACKED, *_INSTALLED)

_DIRECTORY = ROOT / ".cache" / "programs"


def path(name: str) -> Path | None:
    """Where the program is, or None where this machine does not have it."""
    ours = [str(_DIRECTORY / name / "usr" / directory) for directory in ("sbin", "bin")]
    program = shutil.which(name, path=os.pathsep.join([*ours, os.environ.get("PATH", os.defpath), "/usr/sbin"]))
    return Path(program) if program else None


def missing() -> list[str]:
    """The names of those that this machine does not have."""
    return [name for name in NAMES if path(name) is None]


def ensure() -> None:
    """Get what is missing, on Debian and as root; raises BuildError. Elsewhere the tests are left out."""
    names = missing()
    if not names or not debian.may_install():
        return
    failure = f"{', '.join(names)} for the tests of deploy/ could not be fetched with apt-get."
    with progress.step(f"Fetching {', '.join(names)} for the tests (first time only)"):
        if packages := [_INSTALLED[name] for name in names if name in _INSTALLED]:
            debian.install(packages, failure)
        for name in names:
            if name in _UNPACKED:
                debian.unpack(name, _DIRECTORY / name, failure)
