"""GET /accounts/{account}/rate-proposal: the sampling rate that a wanted precision takes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from ..http.access import VisibleAccount
from ..http.errors import error_responses
from ..schemas.rate_proposal import RateProposal, RateQuery
from ..services import ServicesDep

router = APIRouter(tags=["figures"])


@router.get("/accounts/{account}/rate-proposal", response_model=RateProposal, responses=error_responses(400, 404))
def rate_proposal(account: VisibleAccount, query: Annotated[RateQuery, Query()], services: ServicesDep) -> object:
    """The sampling rate that gives a figure to a wanted precision, from the page views of the last seven days."""
    return services.overviews.rate_for(account.id, query.widget, query.figure, query.precision, query.days)
