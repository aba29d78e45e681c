"""The accounts, and the telemetry setting of each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body

from ..control.accounts import Account
from ..control.settings import CONFIRMATION
from . import models
from .access import Caller, ChangedAccount, Operator, SeenAccount
from .changes import TelemetryChange
from .embed import embed
from .errors import refusals
from .services import Services, Serving

CHANGES = {
    "1 in 20 visits": {"value": {"mode": "sampled", "rate": 0.05}},
    "every visit": {"value": {"mode": "opt-in", "rate": 1, "confirmation": CONFIRMATION}},
    "nothing": {"value": {"mode": "off"}},
}

router = APIRouter(tags=["accounts"])


@router.get("/accounts", response_model=models.AccountNames, responses=refusals(403))
def accounts(_: Operator, at: Serving) -> object:
    """Every account, by id."""
    return {"accounts": at.accounts.all()}


@router.get("/accounts/{account}", response_model=models.Account, responses=refusals(404))
def account(account: SeenAccount, at: Serving) -> object:
    """The account's setting, and its widgets with the line of HTML that each takes."""
    return _described(account, at)


@router.put(
    "/accounts/{account}/telemetry",
    response_model=models.Account,
    responses=refusals(400, 403, 404, 413),
)
def set_telemetry(
    account: ChangedAccount,
    change: Annotated[TelemetryChange, Body(openapi_examples=CHANGES)],
    token: Caller,
    at: Serving,
) -> object:
    """Changes what the account's widgets measure, from the next page load on."""
    after = at.accounts.set_telemetry(
        account.id, change.mode, change.rate, confirmation=change.confirmation, actor=token.actor
    )
    return _described(after, at)


def _described(account: Account, at: Services) -> dict[str, object]:
    widgets = [{"id": id_, "embed": embed(id_, at.cdn_url, at.public_url)} for id_ in at.widgets.of(account.id)]
    return {
        "id": account.id,
        "name": account.name,
        "telemetry": account.telemetry,
        "widgets": widgets,
        "confirmation": CONFIRMATION,
    }
