"""GET /me: what the token that asks may do, and with which accounts."""

from __future__ import annotations

from fastapi import APIRouter

from ..http.access import Caller
from ..schemas import answers
from ..services import ServicesDep

router = APIRouter(tags=["access"])


@router.get("/me", response_model=answers.Me)
def me(token: Caller, services: ServicesDep) -> object:
    """The token's scope and label, and every account that it may see."""
    accounts = services.accounts.all() if token.account is None else [services.accounts.get(token.account)]
    return {"scope": token.scope, "account": token.account, "label": token.label, "accounts": accounts}
