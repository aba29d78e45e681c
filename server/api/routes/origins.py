"""The origins whose pages may show each widget, and those that asked for it in the last hour."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

from ...errors import UnknownWidgetError
from ..http.access import Caller, EditableAccount, VisibleAccount
from ..http.errors import NO_WIDGET, error_responses
from ..schemas import answers
from ..schemas.bodies import OriginsChange
from ..services import ServicesDep

router = APIRouter(tags=["accounts"])


@router.get("/accounts/{account}/origins", response_model=answers.OriginsOfWidgets, responses=error_responses(404))
def origins(account: VisibleAccount, services: ServicesDep) -> object:
    """Each widget's list of origins; an empty one means all. `seen` has the origins that asked in the last hour.

    An origin is named once 20 requests came from it. The counts are in memory only.
    """
    return {
        "widgets": [
            {
                "widget": widget,
                "origins": services.origins.of(widget),
                "seen": [{"origin": origin, "requests": count} for origin, count in services.origins_seen.of(widget)],
            }
            for widget in services.widgets.of(account.id)
        ]
    }


@router.put(
    "/accounts/{account}/widgets/{widget}/origins",
    response_model=answers.WidgetOrigins,
    responses=error_responses(400, 403, 404, 413),
)
def set_origins(
    account: EditableAccount,
    widget: Annotated[str, PathParameter(description="A widget's id.", examples=["w1"])],
    change: OriginsChange,
    token: Caller,
    services: ServicesDep,
) -> object:
    """Replaces the widget's list of origins. Pages of other origins get no content, and their batches are refused."""
    try:
        after = services.origins.set(widget, change.origins, account=account.id, actor=token.actor)
    except UnknownWidgetError:
        raise HTTPException(404, NO_WIDGET) from None
    return {"widget": widget, "origins": after}
