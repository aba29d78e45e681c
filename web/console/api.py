"""The server's API. The token is kept here, in memory, and nowhere else."""

import json

import js
from pyscript.ffi import to_js

_BASE = "/api/v1"


class ApiError(Exception):
    """A sentence for whoever uses the console, and the HTTP status; 0 where no answer came."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class Api:
    """Requests in the name of one token."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get(self, path: str) -> dict:
        """The JSON that is answered; raises ApiError."""
        return json.loads(await self.text(path))

    async def text(self, path: str) -> str:
        """The answer as it came: a dict of MicroPython has no order. Raises ApiError."""
        return await self._ask("GET", path, None)

    async def put(self, path: str, body: dict) -> dict:
        return json.loads(await self._ask("PUT", path, body))

    async def post(self, path: str, body: dict) -> dict:
        return json.loads(await self._ask("POST", path, body))

    async def delete(self, path: str) -> None:
        await self._ask("DELETE", path, None)

    async def open(self, path: str, last_id: str, signal: object):
        """The response of a stream, as it begins; raises ApiError."""
        headers = {"Accept": "text/event-stream"}
        if last_id:
            headers["Last-Event-ID"] = last_id
        response = await self._fetch("GET", path, headers, None, signal)
        if not response.ok:
            raise ApiError("The live stream was refused.", response.status)
        return response

    async def _ask(self, method: str, path: str, body: "dict | None") -> str:
        headers = {"Accept": "application/json"}
        text = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            text = json.dumps(body)
        response = await self._fetch(method, path, headers, text, None)
        try:
            answered = await response.text()
        except Exception:  # noqa: BLE001 - whatever the browser says, no answer came
            raise ApiError("The server's answer broke off.", 0)
        if not response.ok:
            raise ApiError(
                _sentence(answered) or f"The server answered with status {response.status}.", response.status
            )
        return answered

    async def _fetch(self, method: str, path: str, headers: dict, body: "str | None", signal: object):
        headers["Authorization"] = f"Bearer {self._token}"
        options = {"method": method, "headers": headers, "cache": "no-store", "credentials": "omit"}
        options["redirect"] = "error"
        if body is not None:
            options["body"] = body
        if signal is not None:
            options["signal"] = signal
        try:
            return await js.fetch(_BASE + path, to_js(options))
        except Exception:  # noqa: BLE001 - whatever the browser says, no answer came
            raise ApiError("The server does not answer.", 0)


def _sentence(answered: str) -> str:
    """What the server says is wrong, where it says it as we agreed."""
    try:
        answer = json.loads(answered)
    except ValueError:
        return ""
    return answer.get("error", "") if isinstance(answer, dict) else ""
