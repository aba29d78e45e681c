"""What a customer's page may be asked to load, in bytes on the wire."""

from __future__ import annotations

from pathlib import Path

from .compression import brotli_bytes
from .errors import BuildError

BUDGETS = {"embed.js": 3 * 1024}  # brotli: every visitor of every page pays for this one


def check(dist: Path) -> None:
    """Raise BuildError that names each file over its budget."""
    sizes = {name: len(brotli_bytes((dist / name).read_bytes())) for name in BUDGETS}
    over = [
        f"{name} is {size} bytes in brotli, {size - BUDGETS[name]} over its budget of {BUDGETS[name]}"
        for name, size in sizes.items()
        if size > BUDGETS[name]
    ]
    if over:
        raise BuildError("; ".join(over) + ". Make it smaller.")
