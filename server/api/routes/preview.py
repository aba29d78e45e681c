"""GET /accounts/{account}/preview: every field that a page sends, an example batch, and what changed."""

from __future__ import annotations

import json

from fastapi import APIRouter

from widget.errors import API_ERROR
from widget.telemetry.fields import FIELDS
from widget.telemetry.schema import DIGEST, SCHEMA, Load, WidgetReport, encode
from widget.version import VERSION

from ...privacy.tables import versions
from ..http.access import VisibleAccount
from ..http.errors import error_responses
from ..schemas import answers
from ..services import ServicesDep

router = APIRouter(tags=["accounts"])


@router.get("/accounts/{account}/preview", response_model=answers.Preview, responses=error_responses(404))
def preview(account: VisibleAccount, services: ServicesDep) -> object:
    """All fields that a page sends, and an example batch of the account's first widget at its sampling rate."""
    widget = next(iter(services.widgets.of(account.id)), "w1")
    load = Load("grid", 412, content_ms=300, wanted_ms=420, ready_ms=900, report_ms=960)
    report = WidgetReport(widget, VERSION, account.telemetry.rate, [load], {API_ERROR: 1}, {"carousel": 2})
    regions = services.regions.of(account.id)
    if regions.is_on:
        report.region, report.truth = "western-europe", regions.truth
    return {
        "schema": SCHEMA,
        "digest": DIGEST,
        "fields": FIELDS,
        "example": json.loads(encode([report])),
        "changes": versions(),
    }
