"""Replaces anchors in Pyodide's JavaScript, which esbuild has formatted."""

from __future__ import annotations

from ..machine.errors import BuildError


def replace(text: str, anchor: str, replacement: str) -> str:
    """The text with the anchor replaced. Raises BuildError unless the text has it once."""
    if text.count(anchor) != 1:
        raise missing(anchor)
    return text.replace(anchor, replacement)


def missing(anchor: str) -> BuildError:
    """The error for an anchor that the text lacks, or has twice."""
    line = anchor.strip().splitlines()[0][:100]
    return BuildError(f"Pyodide's JavaScript is not what bundler/slim/ expects: it lacks, or has twice, {line}")
