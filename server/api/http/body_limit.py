"""How much of a body is read at all."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import TOO_LARGE

MAX_BODY = 8192  # bytes; no body that means something is longer


class BodyLimit:
    """Ends the reading of a longer one, whatever length was announced, with a 413."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MAX_BODY:
                raise HTTPException(413, TOO_LARGE)
            return message

        takes_a_body = scope.get("method") in ("POST", "PUT")
        await self._app(scope, limited if takes_a_body else receive, send)
