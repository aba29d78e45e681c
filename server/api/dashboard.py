"""GET /accounts/{account}/dashboard: the figures of a stretch of time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from .access import SeenAccount
from .asked import Asked
from .errors import refusals
from .figures import Dashboard
from .services import Serving

router = APIRouter(tags=["figures"])


@router.get("/accounts/{account}/dashboard", response_model=Dashboard, responses=refusals(400, 404))
def dashboard(account: SeenAccount, asked: Annotated[Asked, Query()], at: Serving) -> object:
    """Loads, errors, load times and interactions, each weighted by its sampling rate and with its 95 % interval.

    They are given for the whole, over time in about 120 points at most, by widget, by layout and by version, and the
    errors by their codes. A figure with fewer than 20 rows behind it is `too_few` and has no value.
    """
    return at.panels.dashboard(asked.question(account.id, datetime.now(UTC)))
