"""The checks of the contract, by name. Each runs with a new harness.Harness."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

Check = Callable[[Any], Coroutine[Any, Any, None]]

EVERYWHERE: dict[str, Check] = {}  # for both bridges
IN_A_PAGE: dict[str, Check] = {}  # only for the browser's bridge


def everywhere(check: Check) -> Check:
    """Registers a check for both bridges."""
    return _add(EVERYWHERE, check)


def in_a_page(check: Check) -> Check:
    """Registers a check for the browser's bridge only."""
    return _add(IN_A_PAGE, check)


async def exception_of(work: Any) -> Exception | None:
    """The exception that the awaitable or the function raises, or None."""
    try:
        if callable(work):
            work()
        else:
            await work
    except Exception as error:  # noqa: BLE001 - the check examines it
        return error
    return None


def _add(checks: dict[str, Check], check: Check) -> Check:
    assert check.__name__ not in EVERYWHERE.keys() | IN_A_PAGE.keys()
    checks[check.__name__] = check
    return check
