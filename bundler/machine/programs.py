"""The programs that tests run: nginx, Caddy, systemd-analyze, openssl and PostgreSQL. All may be left out.

Debian starts nginx and Caddy, on all addresses, when it installs them. So their packages are unpacked into `.cache/`.
PostgreSQL is installed without the database that Debian would make and start.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import debian, progress
from .environment import ROOT

_UNPACKED = ("nginx", "caddy")  # each is in a Debian package of its own name
# The program and its Debian package.
_INSTALLED = {"systemd-analyze": "systemd", "openssl": "openssl", "postgres": "postgresql"}
NAMES = (*_UNPACKED, *_INSTALLED)

_DIRECTORY = ROOT / ".cache" / "programs"
_NO_DATABASE = Path("/etc/postgresql-common/createcluster.d/tresta.conf")


def path(name: str) -> Path | None:
    """Where the program is, or None where this machine does not have it."""
    ours = [str(_DIRECTORY / name / "usr" / directory) for directory in ("sbin", "bin")]
    theirs = [os.environ.get("PATH", os.defpath), "/usr/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
    program = shutil.which(name, path=os.pathsep.join([*ours, *theirs]))
    return Path(program) if program else None


def missing() -> list[str]:
    """The names of those that this machine does not have."""
    return [name for name in NAMES if path(name) is None]


def ensure() -> None:
    """Get what is missing, on Debian and as root; raises BuildError. Elsewhere the tests are left out."""
    names = missing()
    if not names or not debian.may_install():
        return
    failure = f"{', '.join(names)} for the tests could not be fetched with apt-get."
    with progress.step(f"Fetching {', '.join(names)} for the tests (first time only)"):
        if packages := [_INSTALLED[name] for name in names if name in _INSTALLED]:
            with _no_database():
                debian.install(packages, failure)
        for name in names:
            if name in _UNPACKED:
                debian.unpack(name, _DIRECTORY / name, failure)


@contextmanager
def _no_database() -> Iterator[None]:
    """While it holds, the package of PostgreSQL makes and starts no database."""
    _NO_DATABASE.parent.mkdir(parents=True, exist_ok=True)
    _NO_DATABASE.write_text("create_main_cluster = false\n", encoding="utf-8")
    try:
        yield
    finally:
        _NO_DATABASE.unlink(missing_ok=True)
