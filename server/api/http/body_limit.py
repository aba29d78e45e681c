"""Limits the size of request bodies."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import TOO_LARGE

MAX_BODY = 8192  # bytes; every valid body is shorter


class BodyLimit:
    """Answers 413 once more than MAX_BODY was read. It ignores Content-Length, which may be wrong or missing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = 0

        async def limited() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MAX_BODY:
                raise HTTPException(413, TOO_LARGE)
            return message

        has_body = scope.get("method") in ("POST", "PUT")
        await self._app(scope, limited if has_body else receive, send)
