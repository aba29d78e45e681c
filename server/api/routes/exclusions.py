"""What an account's figures leave out, without deleting it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

from ...control.exclusions import Exclusion
from ...errors import SettingError
from ..http.access import Caller, EditableAccount, VisibleAccount
from ..http.errors import NO_EXCLUSION, error_responses
from ..schemas import answers
from ..schemas.bodies import ExclusionRequest
from ..services import ServicesDep

REQUESTS = {
    "an hour of forged figures": {"value": {"from": "2026-11-24T15:00:00Z", "to": "2026-11-24T16:00:00Z"}},
    "a version on a test page": {"value": {"widget": "w1", "version": "0.4.0"}},
}

router = APIRouter(tags=["figures"])


@router.get("/accounts/{account}/exclusions", response_model=answers.Exclusions, responses=error_responses(404))
def exclusions(account: VisibleAccount, services: ServicesDep) -> object:
    """All that the account's figures leave out now, the oldest first."""
    return {"exclusions": [_as_dict(each) for each in services.exclusions.of(account.id)]}


@router.post(
    "/accounts/{account}/exclusions",
    status_code=201,
    response_model=answers.Exclusion,
    responses=error_responses(400, 403, 404, 413),
)
def exclude(
    account: EditableAccount,
    request: Annotated[ExclusionRequest, Body(openapi_examples=REQUESTS)],
    token: Caller,
    services: ServicesDep,
) -> object:
    """Leaves rows out of all figures: those of a widget, a version, a stretch of time, or all of them together."""
    start, stop = request.stretch()
    exclusion = services.exclusions.add(
        account.id, widget=request.widget, version=request.version, start=start, stop=stop, actor=token.actor
    )
    return _as_dict(exclusion)


@router.delete("/accounts/{account}/exclusions/{id}", status_code=204, responses=error_responses(400, 403, 404))
def include(
    account: EditableAccount,
    id: Annotated[int, PathParameter(ge=1, le=2**53, description="An exclusion's id.", examples=[3])],  # noqa: A002
    token: Caller,
    services: ServicesDep,
) -> None:
    """Counts these rows again."""
    try:
        services.exclusions.undo(account.id, id, actor=token.actor)
    except SettingError:
        raise HTTPException(404, NO_EXCLUSION) from None


def _as_dict(exclusion: Exclusion) -> dict[str, object]:
    return {
        "id": exclusion.id,
        "widget": exclusion.widget,
        "version": exclusion.version,
        "from": exclusion.start and f"{exclusion.start:%Y-%m-%dT%H:%M:%SZ}",
        "to": exclusion.stop and f"{exclusion.stop:%Y-%m-%dT%H:%M:%SZ}",
        "created_at": exclusion.created_at,
    }
