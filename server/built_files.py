"""Where the built files are: the embed script with what it loads, and the console."""

from __future__ import annotations

from pathlib import Path

from .errors import ConfigError

_PACKAGE = Path(__file__).parent
_PLACES = (_PACKAGE / "built", _PACKAGE.parent / "dist")  # of the installed package, and of a checkout


def built_files(chosen: Path | None) -> Path | None:
    """The directory of the built files: the chosen one, else this installation's own, else None.

    Raises ConfigError when the chosen one holds none.
    """
    if chosen is None:
        return next((place for place in _PLACES if _is_built(place)), None)
    if not _is_built(chosen):
        raise ConfigError(f"There is no embed.js in {chosen}; --dist takes a directory that `build.py bundle` made.")
    return chosen


def _is_built(directory: Path) -> bool:
    return (directory / "embed.js").is_file() and (directory / "console" / "index.html").is_file()
