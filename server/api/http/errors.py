"""How the API says no: `{"error": "one sentence"}`, whatever the reason, and what its documentation says of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ...errors import ControlError, SettingError, StoreError, UnknownAccountError
from ..schemas.answers import Problem
from ..schemas.words import MUST_BE
from .headers import HEADERS

NO_TOKEN = "Send the header Authorization: Bearer with a token that is valid, such as the one in operator.token."
BEYOND_SCOPE = "This token's scope does not reach so far; ask with one that does."
NO_ACCOUNT = "There is no account of this id, or this token may not see it."
NO_PATH = "There is nothing at this path; openapi.json names what there is."
TOO_LARGE = "The body must be at most 8 KiB."
NO_CONTROL = "The accounts cannot be read or changed now; the server's log says why."
BUG = "A bug of ours; the server's log says where."

# Of each status: when it is answered, and a sentence as an example of it.
SAID = {
    400: ("Something asked for is wrong, and nothing was changed.", "limit must be a whole number from 1 to 1000."),
    401: ("No token, or one that is unknown or revoked.", NO_TOKEN),
    403: ("The token is good, and its scope does not reach so far.", BEYOND_SCOPE),
    404: ("There is none, or this token may not see it.", NO_ACCOUNT),
    409: ("It would take away the token that asks.", "Revoke this token with another one: it is the one that asks."),
    413: ("The body is over 8 KiB.", TOO_LARGE),
    503: ("The store, or the accounts' file, cannot answer now.", "The store could not answer: MEMORY_LIMIT_EXCEEDED."),
}

log = logging.getLogger(__name__)


def answer(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An answer that says no, in one sentence."""
    return JSONResponse({"error": sentence}, status, {**HEADERS, **(headers or {})})


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route's documentation says of the statuses with which it says no."""
    return {status: _documented(*SAID[status]) for status in statuses}


def _documented(when: str, sentence: str) -> dict[str, Any]:
    example = {"application/json": {"example": {"error": sentence}}}
    return {"model": Problem, "description": when, "content": example}


def register(api: FastAPI) -> None:
    """Lets every exception of the API's routes become such an answer."""
    api.add_exception_handler(RequestValidationError, _wrong_input)
    api.add_exception_handler(HTTPException, _refused)
    api.add_exception_handler(SettingError, _not_allowed)
    api.add_exception_handler(StoreError, _store_failed)
    api.add_exception_handler(ControlError, _control_failed)
    api.add_exception_handler(Exception, _bug)  # the log gets its traceback from uvicorn


async def _wrong_input(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # it is registered for no other
    return answer(400, sentence_of(error.errors()[0]))


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        path = request.scope["path"].removeprefix(request.scope["root_path"])
        allow = ", ".join(request.app.methods(path))  # the framework's are those of one route
        return answer(405, f"This path takes {allow} alone.", {"Allow": allow})
    if error.detail == "Not Found":  # the framework's words
        return answer(404, NO_PATH)
    sentence = error.detail if error.detail.endswith(".") else f"{error.detail}."
    return answer(error.status_code, sentence, error.headers)


async def _not_allowed(_: Request, error: Exception) -> JSONResponse:
    return answer(404, NO_ACCOUNT) if isinstance(error, UnknownAccountError) else answer(400, str(error))


async def _store_failed(_: Request, error: Exception) -> JSONResponse:
    log.error("%s", error)
    return answer(503, str(error))


async def _control_failed(_: Request, error: Exception) -> JSONResponse:
    return control_failed(error)


def control_failed(error: Exception) -> JSONResponse:
    """Says so; the message that names the file is for the log."""
    log.error("%s", error)
    return answer(503, NO_CONTROL)


async def _bug(_: Request, __: Exception) -> JSONResponse:
    return answer(500, BUG)


def sentence_of(problem: Mapping[str, Any]) -> str:
    """What was wrong with a request, without repeating any of it."""
    place: Sequence[str | int] = problem["loc"]
    name = str(place[-1])
    if problem["type"] == "json_invalid":
        return "The body must be JSON."
    if place[0] == "body" and len(place) == 1:
        return "The body must be a JSON object, with Content-Type: application/json."
    if problem["type"] == "missing":
        return f"{name} is missing."
    if problem["type"] == "extra_forbidden":
        kind = "field of the body" if place[0] == "body" else "parameter"
        return f"There is a {kind} that is unknown here."  # its name is the sender's text
    return f"{name} must be {MUST_BE[name]}." if name in MUST_BE else f"{name} is not of the right form."
