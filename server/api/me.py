"""GET /me: what the token that asks may do, and with which accounts."""

from __future__ import annotations

from fastapi import APIRouter

from . import models
from .access import Caller
from .services import Serving

router = APIRouter(tags=["access"])


@router.get("/me", response_model=models.Me)
def me(token: Caller, at: Serving) -> object:
    """The token's scope and label, and every account that it may see."""
    accounts = at.accounts.all() if token.account is None else [at.accounts.get(token.account)]
    return {"scope": token.scope, "account": token.account, "label": token.label, "accounts": accounts}
