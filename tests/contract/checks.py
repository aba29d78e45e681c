"""The checks of the contract, by name. Each takes a fresh stand.Stand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Check = Callable[[Any], Awaitable[None]]

EVERYWHERE: dict[str, Check] = {}  # on the fake page and on the real one
IN_A_PAGE: dict[str, Check] = {}  # what only a real page has


def everywhere(check: Check) -> Check:
    """A check for both bridges."""
    return _add(EVERYWHERE, check)


def in_a_page(check: Check) -> Check:
    """A check for the browser's bridge alone."""
    return _add(IN_A_PAGE, check)


async def raised(work: Any) -> Exception | None:
    """What the awaitable, or the function, raises."""
    try:
        if callable(work):
            work()
        else:
            await work
    except Exception as error:  # noqa: BLE001 - the check looks at it
        return error
    return None


def _add(checks: dict[str, Check], check: Check) -> Check:
    assert check.__name__ not in EVERYWHERE.keys() | IN_A_PAGE.keys()
    checks[check.__name__] = check
    return check
