"""Checks tokens: 401 without a valid one, 403 beyond its scope, 404 for accounts that it may not see."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi import Path as PathParameter
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from ...control.accounts import Account
from ...control.tokens import Token, Tokens
from ...errors import ControlError, UnknownAccountError
from ..services import ServicesDep
from . import errors

OPEN_PATH = "/openapi.json"
BEARER = HTTPBearer(auto_error=False, description="A token's text, `tresta_...`, of scope operator, owner or viewer.")


class RequireToken:
    """Rejects requests without a valid token before routing, body parsing and validation.

    Only /openapi.json is open.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        # Compare scope["path"], not request.url, which contains the client's Host header.
        if scope["path"] != f"{scope['root_path']}{OPEN_PATH}":
            tokens: Tokens = scope["app"].state.services.tokens
            text = bearer(request.headers.get("authorization", ""))
            try:
                token = await run_in_threadpool(tokens.check, text)
            except ControlError as error:
                return await errors.control_failed(error)(scope, receive, send)
            if token is None:
                unauthorized = errors.answer(401, errors.NO_TOKEN, {"WWW-Authenticate": "Bearer"})
                return await unauthorized(scope, receive, send)
            request.state.token, request.state.token_text = token, text
        return await self._app(scope, receive, send)


def bearer(authorization: str) -> str:
    """The token's text in an Authorization header, or an empty string."""
    scheme, _, text = authorization.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


async def caller(request: Request) -> Token:
    token: Token = request.state.token
    return token


Caller = Annotated[Token, Depends(caller)]
AccountId = Annotated[str, PathParameter(description="An account's id.", examples=["acme"])]


async def operator(token: Caller) -> Token:
    """The caller's token, if it is an operator's; else 403."""
    return _require_scope(token, "operator")


async def token_maker(token: Caller) -> Token:
    """The caller's token, if it may list, make and revoke tokens; else 403."""
    return _require_scope(token, "operator", "owner")


def visible_account(account: AccountId, token: Caller, services: ServicesDep) -> Account:
    """The account in the path; 404 if it does not exist or the token may not see it."""
    if token.account in (None, account):
        try:
            return services.accounts.get(account)
        except UnknownAccountError:
            pass
    raise HTTPException(404, errors.NO_ACCOUNT)


def editable_account(account: Annotated[Account, Depends(visible_account)], token: Caller) -> Account:
    """The account in the path; 404 as for `visible_account`, and 403 if the token may not change it."""
    _require_scope(token, "operator", "owner")
    return account


def _require_scope(token: Token, *scopes: str) -> Token:
    if token.scope not in scopes:
        raise HTTPException(403, errors.BEYOND_SCOPE)
    return token


Operator = Annotated[Token, Depends(operator)]
TokenMaker = Annotated[Token, Depends(token_maker)]
VisibleAccount = Annotated[Account, Depends(visible_account)]
EditableAccount = Annotated[Account, Depends(editable_account)]
