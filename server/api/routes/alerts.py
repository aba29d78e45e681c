"""The alert rules of an account, what they fired on, and a message to test their channels."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

from ...alerts.rule import Rule
from ...alerts.rules import MAX_RULES
from ...alerts.words import in_words
from ...control.tokens import Token
from ...errors import SettingError, TooManyRulesError, UnknownRuleError
from ..http.access import Caller, EditableAccount, VisibleAccount
from ..http.errors import NO_RULE, TESTED_LATELY, error_responses
from ..schemas import alerts as schemas
from ..schemas.alerts import AlertRequest, State, shown
from ..services import Services, ServicesDep
from .audit import Before, Limit

TEST_PAUSE = timedelta(seconds=10)  # between two test messages of a rule
NO_EMAILS = "emails cannot be sent: the operator of the server has set no mail server."
NO_HTTP = "webhook must be an https URL."
REQUESTS = {
    "slow": {"value": {"metric": "p75", "widget": "w1", "against": "limit", "bound": 2500}},
    "silent": {"value": {"metric": "silence"}},
}

RuleId = Annotated[str, PathParameter(description="A rule's id.", examples=["5d1c0a94b2e7"])]
RuleBody = Annotated[AlertRequest, Body(openapi_examples=REQUESTS)]

router = APIRouter(prefix="/accounts/{account}/alerts", tags=["alerts"])


@router.get("", response_model=schemas.Alerts, responses=error_responses(404))
def alerts(account: VisibleAccount, token: Caller, services: ServicesDep) -> object:
    """The account's rules, the oldest first, without the secrets of their webhooks."""
    firing = {incident.alert for incident in services.incidents.open_of(account.id)}
    rules = [_answer(rule, token, is_firing=rule.id in firing) for rule in services.rules.of(account.id)]
    return {"alerts": rules, "sends_emails": services.channels.mail is not None}


@router.post("", status_code=201, response_model=schemas.NewAlert, responses=error_responses(400, 403, 404, 409, 413))
def make_alert(account: EditableAccount, request: RuleBody, token: Caller, services: ServicesDep) -> object:
    """Makes a rule. Only this answer contains the secret of its webhook."""
    rule = _checked(request.rule(account.id, datetime.now(UTC)), services)
    try:
        new = services.rules.add(rule, actor=token.actor)
    except TooManyRulesError:
        raise HTTPException(409, f"An account has at most {MAX_RULES} rules; delete one first.") from None
    return {**_answer(new.rule, token), "webhook_secret": new.webhook_secret}


@router.get("/history", response_model=schemas.Incidents, responses=error_responses(400, 404))
def alert_history(account: VisibleAccount, services: ServicesDep, limit: Limit = 100, before: Before = None) -> object:
    """What the rules fired on in the last 90 days, the newest first, with the messages that were sent."""
    return {"incidents": services.incidents.history(account.id, datetime.now(UTC), limit=limit, before=before)}


@router.put("/{id}", response_model=schemas.NewAlert, responses=error_responses(400, 403, 404, 413))
def change_alert(
    account: EditableAccount,
    id: RuleId,  # noqa: A002
    request: RuleBody,
    token: Caller,
    services: ServicesDep,
) -> object:
    """Replaces a rule, or mutes it. Another webhook gets another secret, which only this answer contains."""
    rule = _checked(request.rule(account.id, datetime.now(UTC), id), services)
    try:
        new = services.rules.change(rule, actor=token.actor)
    except UnknownRuleError:
        raise HTTPException(404, NO_RULE) from None
    firing = {incident.alert for incident in services.incidents.open_of(account.id)}
    return {**_answer(new.rule, token, is_firing=id in firing), "webhook_secret": new.webhook_secret}


@router.delete("/{id}", status_code=204, responses=error_responses(403, 404))
def delete_alert(account: EditableAccount, id: RuleId, token: Caller, services: ServicesDep) -> None:  # noqa: A002
    """Deletes a rule. What it fired on stays in the history."""
    try:
        services.rules.remove(account.id, id, actor=token.actor)
    except UnknownRuleError:
        raise HTTPException(404, NO_RULE) from None


@router.post("/{id}/test", status_code=202, responses=error_responses(403, 404, 429))
def test_alert(account: EditableAccount, id: RuleId, token: Caller, services: ServicesDep) -> None:  # noqa: A002
    """Sends a test message to the rule's webhook and e-mail addresses, at most one in ten seconds."""
    try:
        rule = services.rules.get(account.id, id)
    except UnknownRuleError:
        raise HTTPException(404, NO_RULE) from None
    if not services.rules.send_test(rule, datetime.now(UTC), TEST_PAUSE, actor=token.actor):
        raise HTTPException(429, TESTED_LATELY)


def _checked(rule: Rule, services: Services) -> Rule:
    """The rule, if this server can send its messages. Raises SettingError."""
    if rule.emails and services.channels.mail is None:
        raise SettingError(NO_EMAILS)
    if rule.webhook and not rule.webhook.startswith("https:") and not services.channels.allow_private:
        raise SettingError(NO_HTTP)
    return rule


def _answer(rule: Rule, token: Token, *, is_firing: bool = False) -> dict[str, object]:
    state: State = "muted" if rule.is_muted(datetime.now(UTC)) else "firing" if is_firing else "quiet"
    return shown(rule, in_words(rule), state, is_owner=token.scope != "viewer")
