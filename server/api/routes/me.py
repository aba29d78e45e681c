"""GET /me: the request's token and its accounts."""

from __future__ import annotations

from fastapi import APIRouter

from ..http.access import Caller
from ..schemas import answers
from ..services import ServicesDep

router = APIRouter(tags=["access"])


@router.get("/me", response_model=answers.Me)
def me(token: Caller, services: ServicesDep) -> object:
    """The token's scope and label, and all accounts that it may see."""
    accounts = services.accounts.all() if token.account is None else [services.accounts.get(token.account)]
    return {**vars(token), "accounts": accounts}
