"""Assembles the API: the routes, the middleware around them, and the OpenAPI document."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from widget.version import VERSION

from .http import errors
from .http.access import BEARER, OPEN_PATH, RequireToken
from .http.body_limit import BodyLimit
from .http.headers import Headers
from .routes import (
    accounts,
    alerts,
    audit,
    backup,
    coverage,
    dashboard,
    erasing,
    events,
    exclusions,
    experiments,
    health,
    live,
    me,
    origins,
    preview,
    rate_proposal,
    stages,
    tokens,
)
from .schemas.examples import EXAMPLES

NOUNS = (
    me, accounts, origins, dashboard, coverage, stages, rate_proposal, exclusions, live, alerts, audit, preview,
    experiments, tokens, health, events, backup, erasing,
)  # fmt: skip
UNCOMPRESSED_TYPES = (*DEFAULT_EXCLUDED_CONTENT_TYPES, backup.TAR)  # the default includes event streams
ABOUT = """\
What an account's owner and the operator of a Tresta server read and change. Every error is
`{"error": "one sentence"}`. Rates are fractions, times are UTC in ISO 8601."""


class Api(FastAPI):
    """The sub-application for /api/v1. Set `state.services` before the first request."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document. It lists exactly the statuses that the routes answer with."""
        if self.openapi_schema is None:
            document = super().openapi()
            # The framework adds a 422 for wrong input to every route. This API answers wrong input with a 400.
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
        """All methods of a path of the API, such as /tokens."""
        routes = (route for noun in NOUNS for route in noun.router.routes if isinstance(route, APIRoute))
        matches = [route for route in routes if route.path_regex.match(path)]
        fewest = min((route.path.count("{") for route in matches), default=0)  # .../history is no .../{id}
        exact = (route for route in matches if route.path.count("{") == fewest)
        return sorted({method for route in exact for method in route.methods or ()})


def create_api() -> Api:
    """The API without its services. The running server adds them."""
    api = Api(
        title="Tresta",
        version=VERSION,
        description=ABOUT,
        openapi_url=OPEN_PATH,
        docs_url=None,  # these pages load scripts from a CDN
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(BEARER)],
        responses=errors.error_responses(401, 503),  # for every route
        generate_unique_id_function=lambda route: route.name,
    )
    for noun in NOUNS:
        api.include_router(noun.router)
    errors.register(api)
    # The innermost middleware comes first. The minimum size compresses dashboards (about 50 KB), but no answer with a
    # secret. A backup's files are compressed already.
    api.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=6, exclude_content_types=UNCOMPRESSED_TYPES)
    api.add_middleware(BodyLimit)
    api.add_middleware(RequireToken)
    api.add_middleware(Headers)
    return api
