"""Serves the privacy documents: /.well-known/telemetry.json and /privacy/{account}, for anyone."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ..control.accounts import Account, Accounts
from ..control.regions import RegionSettings
from ..errors import ControlError, UnknownAccountError
from ..experiments.register import Experiments
from .documents import page, record
from .manifest import account_manifest, manifest

log = logging.getLogger(__name__)

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=300",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def privacy_routes(accounts: Accounts, regions: RegionSettings, experiments: Experiments) -> list[BaseRoute]:
    """The routes of the documents."""

    def everybody(_: Request) -> Response:
        return JSONResponse(manifest(), headers=_HEADERS)

    def document(request: Request) -> Response:
        try:
            account = accounts.get(request.path_params["account"])
            fields = account_manifest(account, regions.of(account.id), has_experiment=_has_experiment(account))
        except UnknownAccountError:
            return PlainTextResponse("There is no account of this id.", 404, _HEADERS)
        except ControlError as error:
            log.error("%s", error)
            return PlainTextResponse("This cannot be answered now; try again later.", 503, _HEADERS)
        form = request.path_params.get("form", "html")
        if form == "json":
            return JSONResponse(fields, headers=_HEADERS)
        if form == "txt":
            return PlainTextResponse(record(fields, account.name), headers=_HEADERS)
        return HTMLResponse(page(fields, account.name), headers=_HEADERS)

    def _has_experiment(account: Account) -> bool:
        now = datetime.now(UTC)
        return any(experiment.state(now) == "running" for experiment in experiments.of(account.id))

    return [
        Route("/.well-known/telemetry.json", everybody),
        Route("/privacy/{account}.{form:str}", document),
        Route("/privacy/{account}", document),
    ]
