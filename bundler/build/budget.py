"""What a customer's page may be asked to load, in bytes on the wire."""

from __future__ import annotations

from pathlib import Path

from ..machine.errors import BuildError

BUDGETS = {  # in brotli
    "embed.js": 3_120,  # every visitor of every page pays for this one
    "boot-*.js": 2048,
    # Those that Python runs for pay for these,
    "runtime-*.js": 75_000,
    "python-*.wasm": 215_000,
    "snapshot-data-*.bin": 260_000,
    "snapshot-heap-*.bin": 970_000,
    # and for this one when the page is idle.
    "cold-*.wasm": 2_270_000,
}


def check(dist: Path) -> None:
    """Raise BuildError that names each file over its budget. The files are compressed already."""
    sizes = {path.name.removesuffix(".br"): path.stat().st_size for path in dist.glob("*.br")}
    over = [
        f"{name} is {size} bytes in brotli, {size - budget} over its budget of {budget}"
        for pattern, budget in BUDGETS.items()
        for name, size in sizes.items()
        if Path(name).match(pattern) and size > budget
    ]
    if over:
        raise BuildError("; ".join(over) + ". Make it smaller.")
