"""What the API works with: the server's parts, made once it runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from ..control.accounts import Accounts
from ..control.audit import Audit
from ..control.tokens import Tokens
from ..control.widgets import Widgets
from ..figures.dashboard import Dashboards
from ..ingest.commits import Commits
from ..ingest.counters import Counters
from ..ingest.writer import Writer
from ..store.store import Store


@dataclass(frozen=True)
class Services:
    """All of them block but the writer and the commits: a route that asks them is no coroutine."""

    accounts: Accounts
    widgets: Widgets
    tokens: Tokens
    audit: Audit
    store: Store
    control: Path  # the file of the control database
    dashboards: Dashboards
    writer: Writer
    counters: Counters
    commits: Commits
    cdn_url: str  # where embed.js is
    public_url: str  # where pages reach this server


async def services(request: Request) -> Services:
    """The running server's; a coroutine only so that no thread is asked for it."""
    found: Services = request.app.state.services
    return found


ServicesDep = Annotated[Services, Depends(services)]
