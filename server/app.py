"""The server's application: its routes, their headers, and its parts at run time."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from . import console_files, embed_files, monitor
from .alerts.channels import Channels
from .alerts.incidents import Incidents
from .alerts.loop import AlertLoop
from .alerts.mail import MailServer
from .alerts.measures import StoredAnswers
from .alerts.messages import Outbox
from .alerts.rules import Rules
from .api.app import create_api
from .api.services import Services
from .config import Config
from .content_files import ContentFiles
from .control.accounts import Accounts
from .control.audit import Audit
from .control.database import ControlDatabase
from .control.exclusions import Exclusions
from .control.origins import Origins, origin_of_url
from .control.rates import Rates
from .control.regions import RegionSettings
from .control.tokens import Tokens
from .control.upkeep import daily, expire
from .control.widget_owners import WidgetOwners
from .control.widgets import Widgets
from .experiments.reading import Readings
from .experiments.register import Experiments
from .experiments.reports import Reports
from .experiments.running import RunningExperiments
from .figures.coverage import Coverage
from .figures.overview import Overviews
from .figures.starts import StartFigures
from .ingest.batch_reader import BatchReader
from .ingest.commits import Commits
from .ingest.content_answers import ContentAnswers
from .ingest.counters import Counters
from .ingest.origins_seen import OriginsSeen
from .ingest.rate_limits import RateLimits
from .ingest.telemetry import Telemetry
from .ingest.writer import Writer
from .metrics import Metrics
from .privacy.routes import privacy_routes
from .store import answers
from .store.retention import drop_expired_parts
from .store.store import Store
from .widget_content import ANY_ORIGIN, NO_STORE, WidgetContent

COMPRESSED = Middleware(GZipMiddleware, compresslevel=6)  # leaves a fifth of a drawing


def create_app(
    store: Store, control: ControlDatabase, content: ContentFiles, config: Config, commits: Commits
) -> ASGIApp:
    """The application. When it stops, it commits the queued rows to the store first.

    `config` must have `cdn_url` and `public_url` filled in. Call `commits.end()` before the server stops: it ends the
    live streams, for which the server would wait.
    """
    api = create_api()
    mail = MailServer(config.smtp, config.smtp_from) if config.smtp else None
    channels = Channels(mail, allow_private=config.webhook_targets == "any")

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
        writer, counters = Writer(store.insert, config.durability, store.probe), Counters()
        writer.on_commit(lambda rows: counters.count_stored(len(rows)))
        writer.on_commit(commits.note)
        writer.on_commit(lambda rows: control.engine.announce({row.account for row in rows}))
        control.engine.on_announcement(partial(_call_soon, asyncio.get_running_loop(), commits.note_accounts))
        widget_owners, own_origin = WidgetOwners(control), origin_of_url(config.public_url)
        experiments = RunningExperiments(control, secrets.SystemRandom().random)
        batch_reader = BatchReader(widget_owners, RateLimits(), counters, has_variant=experiments.has_variant)
        app.state.telemetry = Telemetry(batch_reader, writer, counters, own_origin)
        content_answers, origins_seen = ContentAnswers(partial(answers.insert, store)), OriginsSeen()
        app.state.widget_content = WidgetContent(
            content, widget_owners, experiments, content_answers, origins_seen, counters, own_origin
        )
        exclusions = Exclusions(control)
        app.state.services = api.state.services = Services(
            accounts=Accounts(control),
            widgets=Widgets(control),
            content=content,
            tokens=Tokens(control),
            audit=Audit(control),
            experiments=Experiments(control),
            reports=Reports(Readings(store, exclusions.of)),
            store=store,
            database=control,
            rates=Rates(control),
            regions=RegionSettings(control),
            origins=Origins(control),
            exclusions=exclusions,
            origins_seen=origins_seen,
            content_answers=content_answers,
            coverage=Coverage(store, exclusions.of),
            starts=StartFigures(store, exclusions.of),
            overviews=Overviews(store, Audit(control), exclusions.of),
            writer=writer,
            counters=counters,
            commits=commits,
            rules=Rules(control),
            incidents=Incidents(control),
            outbox=Outbox(control),
            channels=channels,
            cdn_url=config.cdn_url,
            public_url=config.public_url,
        )
        app.state.metrics = Metrics(app.state.services, config.data)
        with contextlib.ExitStack() as stack:
            if config.metrics_address:
                host, _, port = config.metrics_address.rpartition(":")
                stack.callback(app.state.metrics.listen(host.strip("[]"), int(port)).shutdown)
            alerts = AlertLoop(
                control, store, StoredAnswers(store), channels, config.public_url, lambda: not writer.is_failing
            )
            expiries = partial(expire, control), Incidents(control).expire, partial(drop_expired_parts, store)
            upkeep = (daily(control, each) for each in expiries)
            for task in (content.check(), *upkeep, content_answers.flush_regularly(), alerts.run()):
                stack.callback(asyncio.create_task(task).cancel)
            yield {"counters": counters, "telemetry": app.state.telemetry}  # for Connection and ShortCut
        await content_answers.flush()
        await writer.close()

    others = Starlette(
        routes=[
            Route("/api/widgets/{widget}/public", public_content, middleware=[COMPRESSED]),
            Mount("/api/v1", api),
            *privacy_routes(Accounts(control), RegionSettings(control), Experiments(control)),
            *monitor.routes(),
            *console_files.console(config.dist),
            *embed_files.embed_files(config.dist),
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: _http_error},
    )
    others.router.redirect_slashes = False  # a redirect would go to the host that the request names

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # Telemetry bypasses the framework, which would cost more than the rest of a request.
        is_telemetry = scope["type"] == "http" and scope["path"] == "/telemetry"
        await (others.state.telemetry if is_telemetry else others)(scope, receive, send)

    return app


async def public_content(request: Request) -> Response:
    """GET /api/widgets/{widget}/public?layout=list: the content with a drawing in that design."""
    widget_content: WidgetContent = request.app.state.widget_content
    return await widget_content.answer(request)


def _call_soon(loop: asyncio.AbstractEventLoop, note: Callable[[list[str]], None], accounts: list[str]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(note, accounts)


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # the only type it is registered for
    headers = ANY_ORIGIN | NO_STORE | dict(error.headers or {})
    return JSONResponse({"error": f"{error.detail}."}, error.status_code, headers)
