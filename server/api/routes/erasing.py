"""Erases rows, and removes accounts with their rows. Both answer once nothing of it is on the disk, within minutes."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from ... import erasing
from ...store.erasure import Erasure
from ..http.access import AccountId, Caller, Operator, VisibleAccount
from ..http.errors import error_responses
from ..schemas import answers
from ..schemas.bodies import EraseRequest
from ..services import Services, ServicesDep

router = APIRouter(tags=["operation"])


@router.post("/accounts/{account}/erase", response_model=answers.Erased, responses=error_responses(400, 403, 404, 413))
async def erase(_: Operator, account: AccountId, request: EraseRequest, token: Caller, services: ServicesDep) -> object:
    """Erases stored rows of an account: all of them, or those of a widget or a stretch of time.

    The account may be one that was removed.
    """
    start, stop = request.stretch()
    return await _erase(services, Erasure(account, request.widget, start, stop), token.actor)


@router.delete("/accounts/{account}", response_model=answers.Erased, responses=error_responses(403, 404))
async def remove_account(_: Operator, account: VisibleAccount, token: Caller, services: ServicesDep) -> object:
    """Removes the account with its widgets, tokens, audit entries and rows. Nothing of it can be brought back."""
    await run_in_threadpool(services.accounts.remove, account.id, actor=token.actor)
    return await _erase(services, Erasure(account.id), token.actor)


async def _erase(services: Services, erasure: Erasure, actor: str) -> object:
    await services.content_answers.flush()  # what waits is erased too
    await services.writer.flush()
    erased = await run_in_threadpool(erasing.erase, services.database, services.store, erasure, actor=actor)
    services.overviews.forget()
    services.coverage.forget()
    services.starts.forget()
    return erased
