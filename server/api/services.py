"""The parts of the running server that the API's routes use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from ..alerts.channels import Channels
from ..alerts.incidents import Incidents
from ..alerts.messages import Outbox
from ..alerts.rules import Rules
from ..content_files import ContentFiles
from ..control.accounts import Accounts
from ..control.audit import Audit
from ..control.database import ControlDatabase
from ..control.exclusions import Exclusions
from ..control.origins import Origins
from ..control.rates import Rates
from ..control.regions import RegionSettings
from ..control.tokens import Tokens
from ..control.widgets import Widgets
from ..experiments.register import Experiments
from ..experiments.reports import Reports
from ..figures.coverage import Coverage
from ..figures.overview import Overviews
from ..figures.starts import StartFigures
from ..ingest.commits import Commits
from ..ingest.content_answers import ContentAnswers
from ..ingest.counters import Counters
from ..ingest.origins_seen import OriginsSeen
from ..ingest.writer import Writer
from ..store.store import Store


@dataclass(frozen=True)
class Services:
    """All parts block, except for the writer, the commits and what counts in memory.

    A route that uses a blocking part is not a coroutine."""

    accounts: Accounts
    widgets: Widgets
    content: ContentFiles
    tokens: Tokens
    audit: Audit
    experiments: Experiments
    reports: Reports
    store: Store
    database: ControlDatabase
    rates: Rates
    regions: RegionSettings
    origins: Origins
    exclusions: Exclusions
    origins_seen: OriginsSeen
    content_answers: ContentAnswers
    coverage: Coverage
    starts: StartFigures
    overviews: Overviews
    writer: Writer
    counters: Counters
    commits: Commits
    rules: Rules
    incidents: Incidents
    outbox: Outbox
    channels: Channels
    cdn_url: str  # the address of embed.js, without its name
    public_url: str  # the address at which pages reach this server


async def services(request: Request) -> Services:
    """The running server's services. A coroutine, because a plain function would run in a thread."""
    running: Services = request.app.state.services
    return running


ServicesDep = Annotated[Services, Depends(services)]
