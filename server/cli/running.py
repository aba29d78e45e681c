"""Requests to the server that runs on a data directory, with its operator's token."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

from ..data_directory import DataDirectory
from ..errors import ConfigError, DirectoryInUseError

ANSWER_S = 60.0  # also the limit between two chunks of a long answer


def ask(
    data: DataDirectory, path: str, method: str = "GET", body: object = None, *, timeout_s: float = ANSWER_S
) -> http.client.HTTPResponse:
    """The response to a request for `path` under /api/v1, with its body not read yet. `body` is sent as JSON.

    Raises DirectoryInUseError while the server starts or stops, and ConfigError if it does not answer or refuses.
    """
    url = data.server_url()
    if url is None:
        raise DirectoryInUseError
    token = data.token.read_text(encoding="utf-8").strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/api/v1{path}", content, headers, method=method)
    # Ignore proxies of the environment: they must not see the token.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        answer: http.client.HTTPResponse = opener.open(request, timeout=timeout_s)
    except urllib.error.HTTPError as error:
        raise ConfigError(f"The server that uses {data.path} refused the request: {_sentence(error)}") from error
    except OSError as error:
        raise ConfigError(f"The server that uses {data.path} does not answer: {error}.") from error
    return answer


def ask_json(
    data: DataDirectory, path: str, method: str = "GET", body: object = None, *, timeout_s: float = ANSWER_S
) -> Any:
    """The answer as data. Raises the same errors as `ask`."""
    with ask(data, path, method, body, timeout_s=timeout_s) as answer:
        return json.load(answer)


def _sentence(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["error"])
    except (ValueError, KeyError, TypeError):
        return f"status {error.code}."
