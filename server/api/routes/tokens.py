"""The tokens: an operator manages those of all accounts, an owner those of their own account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

from ...control.tokens import Token
from ..http.access import TokenMaker
from ..http.errors import NO_ACCOUNT, OWN_TOKEN, error_responses
from ..schemas import answers
from ..schemas.bodies import TokenRequest
from ..services import ServicesDep

NO_TOKEN = "There is no token of this id, or this token may not see it."
OWNERS_SCOPES = "An owner can make tokens of scope owner or viewer only; ask the operator for others."
REQUESTS = {"for a colleague": {"value": {"scope": "viewer", "account": "acme", "label": "Ada"}}}

router = APIRouter(prefix="/tokens", tags=["access"])


@router.get("", response_model=answers.Tokens, responses=error_responses(403))
def tokens(
    token: TokenMaker,
    services: ServicesDep,
    account: Annotated[str | None, Query(description="Only the tokens of this account.")] = None,
) -> object:
    """The tokens without their texts, revoked ones included, the oldest first. Owners see those of their account."""
    if token.account is not None and account not in (None, token.account):
        return {"tokens": []}
    return {"tokens": services.tokens.all(token.account or account)}


@router.post("", status_code=201, response_model=answers.NewToken, responses=error_responses(400, 403, 404, 413))
def make_token(
    token: TokenMaker, request: Annotated[TokenRequest, Body(openapi_examples=REQUESTS)], services: ServicesDep
) -> object:
    """Makes a token. Only this answer contains its text."""
    if token.account is not None:
        if request.scope == "operator":
            raise HTTPException(403, OWNERS_SCOPES)
        if request.account != token.account:
            raise HTTPException(404, NO_ACCOUNT)
    new_token, text = services.tokens.make(
        request.scope, request.account, request.label, actor=token.actor, days=request.expires_in_days
    )
    return {**vars(new_token), "token": text}


@router.delete("/{id}", status_code=204, responses=error_responses(403, 404, 409))
def revoke_token(
    id: Annotated[str, PathParameter(description="A token's id.", examples=["5d1c0a94b2e7"])],  # noqa: A002
    token: TokenMaker,
    services: ServicesDep,
) -> None:
    """Revokes a token at once and for good."""
    if not _may_see(token, services.tokens.get(id)):
        raise HTTPException(404, NO_TOKEN)
    if id == token.id:
        raise HTTPException(409, OWN_TOKEN)
    services.tokens.revoke(id, actor=token.actor)


def _may_see(token: Token, other: Token | None) -> bool:
    return other is not None and other.revoked_at is None and token.account in (None, other.account)
