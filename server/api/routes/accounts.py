"""The accounts and their telemetry settings."""

from __future__ import annotations

import contextlib
import logging
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

from widget.content import Content

from ...control.accounts import Account
from ...control.settings import CONFIRMATION
from ...errors import BrokenContentError, SettingError, UnknownWidgetError
from ...loopback import loopback_problem
from ..embed import embed, place
from ..http.access import Caller, EditableAccount, Operator, VisibleAccount
from ..http.errors import NO_WIDGET, error_responses
from ..schemas import answers
from ..schemas.bodies import NameChange, RatesChange, RegionsChange, TelemetryChange, WidgetRequest
from ..services import Services, ServicesDep

CHANGES = {
    "1 in 20 page views": {"value": {"mode": "sampled", "rate": 0.05}},
    "more errors": {"value": {"mode": "sampled", "rate": 0.01, "rate_on_error": 0.1}},
    "a receipt for visitors": {"value": {"mode": "sampled", "receipt": "bottom"}},
    "every page view": {"value": {"mode": "opt-in", "rate": 1, "confirmation": CONFIRMATION}},
    "nothing": {"value": {"mode": "off"}},
}

MAX_WIDGETS = 100  # of an account, by the API; the command line knows no bound

log = logging.getLogger(__name__)

router = APIRouter(tags=["accounts"])


@router.get("/accounts", response_model=answers.AccountNames, responses=error_responses(403))
def accounts(_: Operator, services: ServicesDep) -> object:
    """All accounts, sorted by id."""
    return {"accounts": services.accounts.all()}


@router.get("/accounts/{account}", response_model=answers.Account, responses=error_responses(404))
def account(account: VisibleAccount, services: ServicesDep) -> object:
    """The account's setting, and its widgets with their embed code."""
    return _description(account, services)


@router.put(
    "/accounts/{account}/telemetry",
    response_model=answers.Account,
    responses=error_responses(400, 403, 404, 413),
)
def set_telemetry(
    account: EditableAccount,
    change: Annotated[TelemetryChange, Body(openapi_examples=CHANGES)],
    token: Caller,
    services: ServicesDep,
) -> object:
    """Changes what the account's widgets measure, from the next page load on."""
    after = services.accounts.set_telemetry(
        account.id,
        change.mode,
        change.rate,
        rate_on_error=change.rate_on_error,
        receipt=change.receipt,
        confirmation=change.confirmation,
        actor=token.actor,
    )
    return _description(after, services)


@router.put("/accounts/{account}/rates", response_model=answers.Account, responses=error_responses(400, 403, 404, 413))
def declare_rates(account: EditableAccount, change: RatesChange, token: Caller, services: ServicesDep) -> object:
    """Replaces the rates that the page's own scripts may use besides the account's. Rows at other rates are refused."""
    services.rates.declare(account.id, change.declared, actor=token.actor)
    return _description(account, services)


@router.put(
    "/accounts/{account}/regions", response_model=answers.Account, responses=error_responses(400, 403, 404, 413)
)
def set_regions(account: EditableAccount, change: RegionsChange, token: Caller, services: ServicesDep) -> object:
    """Switches the regions of the world on or off, from the next page load on: page views in the sample name theirs.

    With `epsilon` a page names its own region only with a probability, and the figures are corrected for that.
    """
    services.regions.set(account.id, change.is_on, change.epsilon, actor=token.actor)
    return _description(account, services)


@router.put("/accounts/{account}/name", response_model=answers.Account, responses=error_responses(400, 403, 404, 413))
def rename_account(account: EditableAccount, change: NameChange, token: Caller, services: ServicesDep) -> object:
    """Gives the account another name to show. Its id stays."""
    return _description(services.accounts.rename(account.id, change.name, actor=token.actor), services)


@router.post(
    "/accounts/{account}/widgets",
    status_code=201,
    response_model=answers.Account,
    responses=error_responses(400, 403, 404, 413),
)
def add_widget(account: EditableAccount, request: WidgetRequest, token: Caller, services: ServicesDep) -> object:
    """Registers a widget for the account. Without a content file it gets an example, which its owner replaces."""
    widgets = services.widgets.of(account.id)
    if request.id not in widgets and len(widgets) >= MAX_WIDGETS:
        raise SettingError(f"An account can have {MAX_WIDGETS} widgets; ask the operator for more.")
    services.widgets.add(request.id, account.id, actor=token.actor)
    try:
        services.content.add_example(request.id)
    except OSError as error:
        log.error("The widget %s got no example: %s", request.id, error)
    return _description(account, services)


@router.delete("/accounts/{account}/widgets/{widget}", status_code=204, responses=error_responses(403, 404))
def remove_widget(
    account: EditableAccount,
    widget: Annotated[str, PathParameter(description="A widget's id.", examples=["w1"])],
    token: Caller,
    services: ServicesDep,
) -> None:
    """Removes a widget: it is no longer served or measured. Its rows stay until they expire, or are erased."""
    try:
        services.widgets.remove(widget, account=account.id, actor=token.actor)
    except UnknownWidgetError:
        raise HTTPException(404, NO_WIDGET) from None


def _content(widget: str, services: Services) -> Content | None:
    with contextlib.suppress(UnknownWidgetError, BrokenContentError):
        return services.content.get(widget)
    return None


def _description(account: Account, services: Services) -> dict[str, object]:
    widgets = [
        {"id": id_, "embed": embed(id_, services.cdn_url, services.public_url, place(_content(id_, services)))}
        for id_ in services.widgets.of(account.id)
    ]
    return {
        "id": account.id,
        "name": account.name,
        "telemetry": account.telemetry,
        "rates": {"declared": services.rates.declared(account.id)},
        "regions": services.regions.of(account.id),
        "widgets": widgets,
        "embed_problem": loopback_problem(services.public_url, services.cdn_url),
        "confirmation": CONFIRMATION,
    }
