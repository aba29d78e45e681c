"""The server's API. The token is kept in memory only, in `Api`."""

import json

import js
from pyscript.ffi import to_js

from .types import Any, Json

_BASE = "../api/v1"  # relative to /console/, so that a proxy can put all of it below a path


class ApiError(Exception):
    """A failed request: a sentence for the user, and the HTTP status, or 0 if no answer came."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class TokenEnded(Exception):
    """The server does not take the token any more. Only app.py catches it, and signs out."""


class Api:
    """Requests with one token. Every method raises ApiError if the request fails, and TokenEnded."""

    def __init__(self, token: str) -> None:
        """An empty `token` sends no request: nobody is signed in."""
        self._token = token

    async def get(self, path: str) -> Json:
        """Returns the answer's JSON object."""
        answer: Json = json.loads(await self.text(path))
        return answer

    async def text(self, path: str) -> str:
        """Returns the answer's text, whose fields keep their order; MicroPython's dicts have none."""
        return await self._request("GET", path, None)

    async def put(self, path: str, body: Json) -> None:
        await self._request("PUT", path, body)

    async def put_for(self, path: str, body: Json) -> Json:
        """Returns the answer's JSON object."""
        answer: Json = json.loads(await self._request("PUT", path, body))
        return answer

    async def call(self, method: str, path: str) -> None:
        """Sends a request without a body, whose answer has none."""
        await self._request(method, path, None)

    async def post(self, path: str, body: Json) -> Json:
        """Returns the answer's JSON object."""
        answer: Json = json.loads(await self._request("POST", path, body))
        return answer

    async def delete(self, path: str) -> None:
        await self._request("DELETE", path, None)

    async def open(self, path: str, last_id: str, signal: Any) -> Any:
        """Returns the Response of an event stream once its headers have arrived."""
        headers = {"Accept": "text/event-stream"}
        if last_id:
            headers["Last-Event-ID"] = last_id
        response = await self._fetch("GET", path, headers, None, signal)
        if not response.ok:
            raise ApiError("The server refused the live connection.", response.status)
        return response

    async def _request(self, method: str, path: str, body: Json | None) -> str:
        headers = {"Accept": "application/json"}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body)
        response = await self._fetch(method, path, headers, content, None)
        try:
            text: str = await response.text()
        except Exception:  # noqa: BLE001 - an error of JavaScript
            raise ApiError("The connection broke before the whole answer arrived. Try again.", 0)
        if response.status == 401:
            raise TokenEnded
        if not response.ok:
            raise ApiError(_sentence(text) or f"The server answered with status {response.status}.", response.status)
        return text

    async def _fetch(self, method: str, path: str, headers: dict[str, str], content: str | None, signal: Any) -> Any:
        if not self._token:
            raise ApiError("Nobody is signed in.", 0)
        headers["Authorization"] = f"Bearer {self._token}"
        options: Json = {"method": method, "headers": headers, "cache": "no-store", "credentials": "omit"}
        options["redirect"] = "error"
        if content is not None:
            options["body"] = content
        if signal is not None:
            options["signal"] = signal
        try:
            return await js.fetch(_BASE + path, to_js(options))
        except Exception:  # noqa: BLE001 - an error of JavaScript
            raise ApiError("The server does not answer. Check your connection and try again.", 0)


def _sentence(text: str) -> str:
    """The `error` field of the server's answer, or an empty string if it has none."""
    try:
        answer = json.loads(text)
    except ValueError:
        return ""
    return str(answer.get("error", "")) if isinstance(answer, dict) else ""
