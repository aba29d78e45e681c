"""GET /accounts/{account}/preview: every field that leaves a page, and a batch as it leaves."""

from __future__ import annotations

import json

from fastapi import APIRouter

from widget.errors import API_ERROR
from widget.telemetry.schema import FIELDS, Load, WidgetReport, encode
from widget.version import VERSION

from ..http.access import SeenAccount
from ..http.errors import error_responses
from ..schemas import answers
from ..services import ServicesDep

router = APIRouter(tags=["accounts"])


@router.get("/accounts/{account}/preview", response_model=answers.Preview, responses=error_responses(404))
def preview(account: SeenAccount, services: ServicesDep) -> object:
    """What a page would send of the account's first widget, at its rate; there is no other field."""
    widget = next(iter(services.widgets.of(account.id)), "w1")
    report = WidgetReport(widget, VERSION, account.telemetry.rate, [Load("grid", 412)], {API_ERROR: 1}, {"carousel": 2})
    return {"fields": FIELDS, "example": json.loads(encode([report]))}
