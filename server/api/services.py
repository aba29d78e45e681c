"""The parts of the running server that the API's routes use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from ..content_files import ContentFiles
from ..control.accounts import Accounts
from ..control.audit import Audit
from ..control.tokens import Tokens
from ..control.widgets import Widgets
from ..figures.overview import Overviews
from ..ingest.commits import Commits
from ..ingest.counters import Counters
from ..ingest.writer import Writer
from ..store.store import Store


@dataclass(frozen=True)
class Services:
    """All parts block, except for the writer and the commits. A route that uses a blocking part is not a coroutine."""

    accounts: Accounts
    widgets: Widgets
    content: ContentFiles
    tokens: Tokens
    audit: Audit
    store: Store
    control: Path  # the file of the control database
    overviews: Overviews
    writer: Writer
    counters: Counters
    commits: Commits
    cdn_url: str  # the address of embed.js, without its name
    public_url: str  # the address at which pages reach this server


async def services(request: Request) -> Services:
    """The running server's services. A coroutine, because a plain function would run in a thread."""
    running: Services = request.app.state.services
    return running


ServicesDep = Annotated[Services, Depends(services)]
