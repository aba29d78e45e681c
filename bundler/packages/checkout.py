"""Which version a package is of: the project's, if the checkout is what was committed."""

from __future__ import annotations

import shutil
import subprocess

from ..build import wheel
from ..machine.environment import ROOT
from ..machine.errors import BuildError

_NAMED = 3  # changed files that the message names


def release_version(*, allow_dirty: bool = False) -> str:
    """The version for the packages.

    A checkout with uncommitted changes raises BuildError; with `allow_dirty` the version ends in `+dirty` instead, as
    a local version after PEP 440, which no index takes. Where git cannot tell, such as in an unpacked archive, the
    files are taken as they are.
    """
    changes = _uncommitted()
    if not changes:
        return wheel.version()
    if allow_dirty:
        return f"{wheel.version()}+dirty"
    names = ", ".join(changes[:_NAMED]) + (f" and {len(changes) - _NAMED} more" if len(changes) > _NAMED else "")
    raise BuildError(
        f"The checkout has uncommitted changes ({names}): commit them, or try the packages out with --dirty, "
        "which marks their version."
    )


def _uncommitted() -> list[str]:
    if shutil.which("git") is None:
        return []
    status = subprocess.run(
        ["git", "status", "--porcelain", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return [line[3:] for line in status.stdout.split("\0") if line[2:3] == " "] if status.returncode == 0 else []
