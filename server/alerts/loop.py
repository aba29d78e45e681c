"""Judges all rules and sends the messages, as long as the server runs, with a bounded share of its time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

from ..control.accounts import Account, Accounts
from ..control.database import ControlDatabase
from ..control.widgets import Widgets
from ..errors import ControlError, StoreError, UnknownAccountError
from ..figures.dashboard import Dashboards
from ..store.store import Store
from . import report
from .channels import Channels
from .evaluation import Evaluation
from .measures import ContentAnswers, Measures
from .messages import Outbox
from .rule import Rule
from .rules import Rules
from .spans import SPANS
from .watch import Watch

TICK_S = 2.0
MARK_S = 30.0  # between two marks of the watch
REST = 9  # times as long as a rule's judgement took, so that judging takes a tenth of the time at most
MOST_REST_S = 60.0
AT_ONCE = 4  # messages on their way at the same time

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AlertLoop:
    """The loop's parts. `is_listening` tells whether the server can store batches now."""

    database: ControlDatabase
    store: Store
    answers: ContentAnswers
    channels: Channels
    public_url: str
    is_listening: Callable[[], bool]

    async def run(self) -> None:
        """Judge and send while this process leads, until cancelled.

        Without rules that is one look at the control database a tick.
        """
        await asyncio.gather(self._judge_always(), self._send_always())

    async def _judge_always(self) -> None:
        last = None
        while True:
            now = datetime.now(UTC)
            end = SPANS[0].last_end(now)
            if end != last and self.database.engine.leads():
                last = end
                shared: dict[str, Measures] = {}
                for rule in await _guarded(self._rules) or []:
                    if not self.database.engine.leads():
                        break
                    start = time.monotonic()
                    await _guarded(self.judge, rule, now, shared)
                    await asyncio.sleep(min(REST * (time.monotonic() - start), MOST_REST_S))
            await asyncio.sleep(TICK_S)

    async def _send_always(self) -> None:
        marked_at = -MARK_S
        outbox = Outbox(self.database)
        while True:
            if not self.database.engine.leads():
                await asyncio.sleep(TICK_S)
                continue
            if time.monotonic() - marked_at >= MARK_S:
                marked_at = time.monotonic()
                await _guarded(self.mark, datetime.now(UTC))
            now = datetime.now(UTC)
            due = await _guarded(outbox.due, now, AT_ONCE) or []
            await asyncio.gather(*(_guarded(self.channels.deliver, message, outbox, now) for message in due))
            await asyncio.sleep(0 if len(due) == AT_ONCE else TICK_S)

    def mark(self, now: datetime) -> None:
        """Note that the server listens, if there are rules at all."""
        if self.is_listening() and Rules(self.database).accounts():
            Watch(self.database).mark(now)

    def judge(self, rule: Rule, now: datetime, shared: dict[str, Measures] | None = None) -> None:
        """Judge one rule at `now` (UTC). Rules of an account share readings. Raises StoreError and ControlError."""
        try:
            account = Accounts(self.database).get(rule.account)
        except UnknownAccountError:
            return  # it was removed in the meantime
        page = f"{self.public_url}/console/#/{{}}?account={account.id}"
        if not rule.is_judged:
            report.write_if_due(self.database, Dashboards(self.store), rule, now, page.format("dashboard"))
            return
        self.mark(now)
        shared = {} if shared is None else shared
        measures = shared.setdefault(account.id, self._measures(account))
        widgets = Widgets(self.database).of(account.id)
        evaluation = Evaluation(self.database, Watch(self.database), measures, widgets, page.format("alerts"))
        evaluation.judge(rule, now, is_collecting=account.collects)

    def _rules(self) -> list[Rule]:
        rules = Rules(self.database)
        return [rule for account in rules.accounts() for rule in rules.of(account)]

    def _measures(self, account: Account) -> Measures:
        codes = sorted({rule.code for rule in Rules(self.database).of(account.id) if rule.code})
        return Measures(self.store, self.answers, account.id, account.telemetry.rate, codes)


async def _guarded(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
    """Run the function in a thread. A failure ends neither the loop nor what comes after it."""
    try:
        return await asyncio.to_thread(function, *args, **kwargs)
    except (ControlError, StoreError) as error:  # such as a full disk; the next tick tries again
        log.error("%s", error)
    except Exception:
        log.exception("Judging or sending alerts failed.")
    return None
