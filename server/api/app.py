"""The API put together: every noun's routes, who may use them, and its OpenAPI document."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from widget.version import VERSION

from .http import errors
from .http.access import BEARER, OPEN_PATH, TokenNeeded
from .http.body_limit import BodyLimit
from .http.headers import Headers
from .routes import accounts, audit, backup, dashboard, events, health, live, me, preview, tokens
from .schemas.examples import EXAMPLES

NOUNS = (me, accounts, dashboard, live, audit, preview, tokens, health, events, backup)
AS_IT_IS = (*DEFAULT_EXCLUDED_CONTENT_TYPES, backup.TAR)  # event streams among them
ABOUT = """\
What an account's owner and the operator of a Tresta server read and change. Every answer that says no is
`{"error": "one sentence"}`. Rates are fractions, times are UTC in ISO 8601."""


class Api(FastAPI):
    """The sub-application for /api/v1. `state.services` is to be set before the first request."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document, which lists the statuses that are answered here and no others."""
        if self.openapi_schema is None:
            document = super().openapi()
            # The framework adds its own answer to wrong input to every route; ours is a 400, where there is one.
            for operations in document["paths"].values():
                for operation in operations.values():
                    operation["responses"].pop("422", None)
            for name in ("HTTPValidationError", "ValidationError"):
                document["components"]["schemas"].pop(name, None)
            for name, example in EXAMPLES.items():
                document["components"]["schemas"][name]["examples"] = [example]
        assert self.openapi_schema is not None
        return self.openapi_schema

    def methods(self, path: str) -> list[str]:
        """All methods that a path of the API takes, such as /tokens."""
        routes = (route for noun in NOUNS for route in noun.router.routes if isinstance(route, APIRoute))
        return sorted({method for route in routes if route.path_regex.match(path) for method in route.methods or ()})


def create_api() -> Api:
    """The API without its services, which come with the running server."""
    api = Api(
        title="Tresta",
        version=VERSION,
        description=ABOUT,
        openapi_url=OPEN_PATH,
        docs_url=None,  # their scripts come from a CDN
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(BEARER)],
        responses=errors.error_responses(401, 503),  # of every route
        generate_unique_id_function=lambda route: route.name,
    )
    for noun in NOUNS:
        api.include_router(noun.router)
    errors.register(api)
    # From the innermost outwards. A dashboard is some 50 KB of much the same; an answer with a secret is shorter, and a
    # backup is compressed as it is.
    api.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=6, exclude_content_types=AS_IT_IS)
    api.add_middleware(BodyLimit)
    api.add_middleware(TokenNeeded)
    api.add_middleware(Headers)
    return api
