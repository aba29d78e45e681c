"""Whether a command of deploy/ is one that `tresta` takes."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from server.__main__ import _parser


def arguments(command: str | Sequence[str]) -> list[str]:
    """The arguments of a `tresta` command, without its first word."""
    words = shlex.split(command) if isinstance(command, str) else list(command)
    assert words[0].rpartition("/")[2] == "tresta", words
    return words[1:]


def check(command: str | Sequence[str]) -> None:
    """Fails where the real parser does not take the command: its verb, its options, or its number of arguments."""
    words = arguments(command)
    try:
        _parser().parse_args(words)
    except SystemExit as refusal:
        raise AssertionError(f"`tresta {shlex.join(words)}` is no command.") from refusal
