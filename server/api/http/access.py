"""Who asks, and how far their token reaches: 401 without one, 403 beyond its scope, 404 for what it may not see."""

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


class TokenNeeded:
    """Lets nobody without a living token come as far as a route, a body or a validation, but to the documentation."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)  # its `url` would be put together with the Host header, which anyone may write
        if scope["path"] != f"{scope['root_path']}{OPEN_PATH}":
            tokens: Tokens = scope["app"].state.services.tokens
            text = bearer(request.headers.get("authorization", ""))
            try:
                token = await run_in_threadpool(tokens.check, text)
            except ControlError as error:
                return await errors.control_failed(error)(scope, receive, send)
            if token is None:
                unknown = errors.answer(401, errors.NO_TOKEN, {"WWW-Authenticate": "Bearer"})
                return await unknown(scope, receive, send)
            request.state.token, request.state.token_text = token, text
        return await self._app(scope, receive, send)


def bearer(authorization: str) -> str:
    """The token's text in an Authorization header, or an empty one."""
    scheme, _, text = authorization.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


async def caller(request: Request) -> Token:
    token: Token = request.state.token
    return token


Caller = Annotated[Token, Depends(caller)]
AccountId = Annotated[str, PathParameter(description="An account's id.", examples=["acme"])]


async def operator(token: Caller) -> Token:
    """Lets an operator's token pass; 403."""
    return _of_scope(token, "operator")


async def token_maker(token: Caller) -> Token:
    """Lets pass who may see, make and revoke tokens at all; 403."""
    return _of_scope(token, "operator", "owner")


def seen(account: AccountId, token: Caller, services: ServicesDep) -> Account:
    """The account that is asked for; 404 where there is none and where the token may not see it."""
    if token.account in (None, account):
        try:
            return services.accounts.get(account)
        except UnknownAccountError:
            pass
    raise HTTPException(404, errors.NO_ACCOUNT)


def changed(account: Annotated[Account, Depends(seen)], token: Caller) -> Account:
    """The account that is to be changed; 404 as above, and 403 for who only reads."""
    _of_scope(token, "operator", "owner")
    return account


def _of_scope(token: Token, *scopes: str) -> Token:
    if token.scope not in scopes:
        raise HTTPException(403, errors.BEYOND_SCOPE)
    return token


Operator = Annotated[Token, Depends(operator)]
TokenMaker = Annotated[Token, Depends(token_maker)]
SeenAccount = Annotated[Account, Depends(seen)]
ChangedAccount = Annotated[Account, Depends(changed)]
