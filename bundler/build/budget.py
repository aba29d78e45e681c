"""The size budgets of the files that a customer's page loads."""

from __future__ import annotations

from pathlib import Path

from ..machine.errors import BuildError

BUDGETS = {  # bytes in brotli
    "embed.js": 4_500,  # every visitor loads it
    "carousel-*.js": 1_000,  # where a carousel is
    "boot-*.js": 2048,
    # Loaded where Python runs.
    "runtime-*.js": 61_000,
    "python-*.wasm": 202_000,
    "snapshot-data-*.bin": 246_000,
    "snapshot-heap-*.bin": 530_000,
    # Loaded where Python runs, once the page is idle.
    "cold-*.bin": 2_490_000,
    # Loaded where Python runs, if the account collects regions.
    "regions.json": 4_000,
}


def check(dist: Path) -> None:
    """Raises BuildError that names each file over its budget. dist/ must be compressed."""
    sizes = {path.name.removesuffix(".br"): path.stat().st_size for path in dist.glob("*.br")}
    over = [
        f"{name} is {size} bytes in brotli, {size - budget} over its budget of {budget}"
        for pattern, budget in BUDGETS.items()
        for name, size in sizes.items()
        if Path(name).match(pattern) and size > budget
    ]
    if over:
        raise BuildError("; ".join(over) + ". Make it smaller.")
