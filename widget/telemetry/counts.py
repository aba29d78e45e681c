"""Counts events under the names that the schema allows."""

from __future__ import annotations

from collections.abc import Mapping

from .schema import INVALID_CODE, MAX_CODES, MAX_COUNT, OTHER_CODE, UNKNOWN_LAYOUT, is_code, is_layout


def code_name(code: object, counts: Mapping[str, int]) -> str:
    """The code under which an error counts: a malformed one is INVALID_CODE, one too many OTHER_CODE."""
    if isinstance(code, str) and code in counts:  # the most frequent case: the code was valid before
        return code
    name = str(code) if is_code(code) else INVALID_CODE
    is_full = len(counts.keys() - {OTHER_CODE}) >= MAX_CODES
    return OTHER_CODE if is_full and name not in counts else name


def layout_name(layout: object) -> str:
    """The layout under which a load or a use counts."""
    return str(layout) if is_layout(layout) else UNKNOWN_LAYOUT


def count(counts: dict[str, int], name: str) -> None:
    """Count one more of this name, up to MAX_COUNT."""
    counts[name] = min(MAX_COUNT, counts.get(name, 0) + 1)
