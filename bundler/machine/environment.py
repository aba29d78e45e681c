"""The virtual environment `.venv` with the packages of the dependency groups in pyproject.toml. Standard library only.

`locks/` has a file for each group: every package that it needs, those that others need too, with the hashes of its
files. Nothing else is installed. A group leaves a stamp, the hash of its lock. While that fits, no pip is started.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from . import command, lock, progress
from .errors import BuildError

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
CACHE = ROOT / ".cache"  # what may be deleted at any time
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

_SERVE = ("server", "build")
_TEST = (*_SERVE, "dev")


def prepare(*, for_tests: bool = False) -> Path:
    """Make what serving takes, or testing too, and return the environment's Python; raises BuildError."""
    with lock.held(CACHE / "environment.lock"):
        _make_venv()
        install(*(_TEST if for_tests else _SERVE))
    return PYTHON


def install(*groups: str, what: str = "Python packages (first time only, about a minute)") -> None:
    """Install the packages of these dependency groups that are missing; raises BuildError.

    `what` names them to the user.
    """
    missing = [group for group in groups if not _stamp(group).exists()]
    if not missing:
        return
    with progress.step(f"Installing {what}"):
        locks = [part for group in missing for part in ("--requirement", lock_file(group))]
        # Few retries: without a network a person learns it in seconds, not minutes.
        pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        command.run(
            [*pip, "--retries", "1", "--timeout", "20", "--require-hashes", *locks],
            f"Installing {what.partition(' (')[0]} failed.",
        )
    for group in missing:
        for outdated in VENV.glob(f"installed-{group}-*"):
            outdated.unlink()
        _stamp(group).touch()


def _make_venv() -> None:
    ready, made_by = VENV / "ready", f"{sys.version} in {ROOT}"
    # One whose Python was since removed or upgraded is made anew, as is a half-made or a moved one.
    if ready.exists() and PYTHON.exists() and ready.read_text(encoding="utf-8") == made_by:
        return
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise BuildError(
            "This Python cannot make virtual environments: install its venv package "
            f"(on Debian and Ubuntu: apt-get install python{version}-venv) and run it again."
        )
    with progress.step("Making the virtual environment"):
        try:
            venv.EnvBuilder(clear=True, symlinks=os.name != "nt", with_pip=True).create(VENV)
        except (OSError, subprocess.CalledProcessError) as error:
            raise BuildError(f"The virtual environment {VENV} could not be made: {error}.") from None
    packages = sysconfig.get_path("purelib", "venv", {"base": str(VENV), "platbase": str(VENV)})
    # Our own packages are not installed: they are found where they are, from any directory.
    Path(packages, "tresta.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    ready.write_text(made_by, encoding="utf-8")


def lock_file(group: str) -> Path:
    """The lock of a dependency group. CONTRIBUTING.md says how it is made."""
    return ROOT / "bundler" / "machine" / "locks" / f"{group}.txt"


def _stamp(group: str) -> Path:
    digest = hashlib.sha256(lock_file(group).read_bytes()).hexdigest()
    return VENV / f"installed-{group}-{digest[:16]}"
