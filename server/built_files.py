"""Finds the built files: the embed script with the files that it loads, and the console."""

from __future__ import annotations

from pathlib import Path

from .errors import ConfigError

_PACKAGE = Path(__file__).parent
_PLACES = (_PACKAGE / "built", _PACKAGE.parent / "dist")  # in the installed package, and in a checkout


def built_files(dist: Path | None) -> Path | None:
    """The directory of the built files: `dist`, or without it this installation's own, or None if it has none.

    Raises ConfigError if `dist` does not contain the built files.
    """
    if dist is None:
        return next((place for place in _PLACES if _is_built(place)), None)
    if not _is_built(dist):
        raise ConfigError(f"There is no embed.js in {dist}; --dist takes a directory that `build.py bundle` made.")
    return dist


def _is_built(directory: Path) -> bool:
    return (directory / "embed.js").is_file() and (directory / "console" / "index.html").is_file()
