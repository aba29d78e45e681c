"""The tokens: an operator's for everyone, an owner's for their own account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

from ...control.tokens import Token
from ..http.access import TokenMaker
from ..http.errors import NO_ACCOUNT, SAID, error_responses
from ..schemas import answers
from ..schemas.bodies import TokenWanted
from ..services import ServicesDep

NO_TOKEN = "There is no token of this id, or this token may not see it."
OWNERS_SCOPES = "An owner makes tokens of scope owner or viewer; ask the operator for others."
WANTED = {"for a colleague": {"value": {"scope": "viewer", "account": "acme", "label": "Ada"}}}

router = APIRouter(prefix="/tokens", tags=["access"])


@router.get("", response_model=answers.Tokens, responses=error_responses(403))
def tokens(
    token: TokenMaker,
    services: ServicesDep,
    account: Annotated[str | None, Query(description="Of this account alone.")] = None,
) -> object:
    """All tokens without their texts, the oldest first, the revoked ones too; an owner's own account's alone."""
    if token.account is not None and account not in (None, token.account):
        return {"tokens": []}
    return {"tokens": services.tokens.all(token.account or account)}


@router.post("", status_code=201, response_model=answers.NewToken, responses=error_responses(400, 403, 404, 413))
def make_token(
    token: TokenMaker, wanted: Annotated[TokenWanted, Body(openapi_examples=WANTED)], services: ServicesDep
) -> object:
    """A new token, whose text this answer alone holds."""
    if token.account is not None:
        if wanted.scope == "operator":
            raise HTTPException(403, OWNERS_SCOPES)
        if wanted.account != token.account:
            raise HTTPException(404, NO_ACCOUNT)
    made, text = services.tokens.make(wanted.scope, wanted.account, wanted.label, actor=token.actor)
    return {**vars(made), "token": text}


@router.delete("/{id}", status_code=204, responses=error_responses(403, 404, 409))
def revoke_token(
    id: Annotated[str, PathParameter(description="A token's id.", examples=["5d1c0a94b2e7"])],  # noqa: A002
    token: TokenMaker,
    services: ServicesDep,
) -> None:
    """Ends a token at once and for good."""
    found = services.tokens.get(id)
    if not _may_see(token, found):
        raise HTTPException(404, NO_TOKEN)
    if id == token.id:
        raise HTTPException(409, SAID[409][1])
    services.tokens.revoke(id, actor=token.actor)


def _may_see(token: Token, found: Token | None) -> bool:
    return found is not None and found.revoked_at is None and token.account in (None, found.account)
