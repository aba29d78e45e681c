"""The API's error answers, `{"error": "one sentence"}`, and their descriptions in the OpenAPI document."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ...errors import ControlError, SettingError, StoreError, UnknownAccountError, UnknownExperimentError
from ..schemas.answers import Problem
from ..schemas.words import MUST_BE
from .headers import HEADERS

NO_TOKEN = "Send the header Authorization: Bearer with a token that is valid, such as the one in operator.token."
BEYOND_SCOPE = "This token's scope does not allow this; use a token with a wider scope."
NO_ACCOUNT = "There is no account of this id, or this token may not see it."
NO_WIDGET = "The account has no widget of this id."
NO_EXCLUSION = "The account's figures leave out nothing with this id; it may be undone already."
NO_PATH = "There is nothing at this path; openapi.json lists all paths."
TOO_LARGE = "The body must be at most 8 KiB."
NO_RULE = "There is no rule of this id, or this token may not see it."
TESTED_LATELY = "A test message was sent a moment ago; wait ten seconds."
OWN_TOKEN = "A token cannot revoke itself; revoke this one with another token."
NO_CONTROL = "The accounts cannot be read or changed now; the server's log says why."
BUG = "The server has a bug; its log says where."

# For each status: when it is answered, and an example of its sentence.
DESCRIPTIONS = {
    400: (
        "Something in the request is wrong, and nothing was changed.",
        "limit must be a whole number from 1 to 1000.",
    ),
    401: ("The token is missing, unknown or revoked.", NO_TOKEN),
    403: ("The token is valid, but its scope does not allow this.", BEYOND_SCOPE),
    404: ("It does not exist, or this token may not see it.", NO_ACCOUNT),
    409: ("The token would revoke itself, or the account has too many rules.", OWN_TOKEN),
    413: ("The body is over 8 KiB.", TOO_LARGE),
    429: ("It was done a moment ago.", TESTED_LATELY),
    503: ("The store or the control database cannot answer now.", "The store could not answer: MEMORY_LIMIT_EXCEEDED."),
}

log = logging.getLogger(__name__)


def answer(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An error answer with one sentence."""
    return JSONResponse({"error": sentence}, status, {**HEADERS, **(headers or {})})


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The descriptions of a route's error statuses, for the OpenAPI document."""
    return {status: _description(*DESCRIPTIONS[status]) for status in statuses}


def _description(when: str, sentence: str) -> dict[str, Any]:
    example = {"application/json": {"example": {"error": sentence}}}
    return {"model": Problem, "description": when, "content": example}


def register(api: FastAPI) -> None:
    """Register handlers that turn the exceptions of routes into error answers."""
    api.add_exception_handler(RequestValidationError, _wrong_input)
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(SettingError, _not_allowed)
    api.add_exception_handler(StoreError, _store_failed)
    api.add_exception_handler(ControlError, _control_failed)
    api.add_exception_handler(Exception, _bug)  # uvicorn logs the traceback


async def _wrong_input(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # the only type it is registered for
    return answer(400, sentence_of(error.errors()[0]))


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        path = request.scope["path"].removeprefix(request.scope["root_path"])
        allow = ", ".join(request.app.methods(path))  # the framework's header has the methods of one route only
        return answer(405, f"This path takes only {allow}.", {"Allow": allow})
    if error.detail == "Not Found":  # the framework's default
        return answer(404, NO_PATH)
    sentence = error.detail if error.detail.endswith(".") else f"{error.detail}."
    return answer(error.status_code, sentence, error.headers)


async def _not_allowed(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, UnknownAccountError):
        return answer(404, NO_ACCOUNT)
    return answer(404 if isinstance(error, UnknownExperimentError) else 400, str(error))


async def _store_failed(_: Request, error: Exception) -> JSONResponse:
    log.error("%s", error)
    return answer(503, str(error))


async def _control_failed(_: Request, error: Exception) -> JSONResponse:
    return control_failed(error)


def control_failed(error: Exception) -> JSONResponse:
    """A 503. The error's message names the file, so it goes to the log only."""
    log.error("%s", error)
    return answer(503, NO_CONTROL)


async def _bug(_: Request, __: Exception) -> JSONResponse:
    return answer(500, BUG)


def sentence_of(problem: Mapping[str, Any]) -> str:
    """A sentence about a validation error. It repeats nothing of the request."""
    place: Sequence[str | int] = problem["loc"]
    name = next((str(part) for part in reversed(place) if isinstance(part, str)), "")  # an item's list, not its number
    if problem["type"] == "json_invalid":
        return "The body must be JSON."
    if place[0] == "body" and len(place) == 1:
        return "The body must be a JSON object, with Content-Type: application/json."
    if place[0] == "path" and name == "id":  # in a body it is a widget's
        return "id must be a whole number from 1 on."
    if problem["type"] == "missing":
        return f"{name} is missing."
    if problem["type"] == "extra_forbidden":
        kind = "field of the body" if place[0] == "body" else "parameter"
        return f"There is an unknown {kind}; openapi.json lists all names."  # its name is the sender's text
    return f"{name} must be {MUST_BE[name]}." if name in MUST_BE else f"{name} has the wrong form; see openapi.json."
