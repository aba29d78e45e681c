"""The schemas of alert rules and their history."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from widget.telemetry.schema import WIDGET_ID

from ...alerts.rule import (
    MAX_EMAIL,
    MAX_EMAILS,
    MAX_MIN_PAGE_VIEWS,
    MAX_URL,
    METRICS,
    REPORT,
    Rule,
)
from ...figures.disclosure import FEWEST_PAGE_VIEWS
from .answers import Answer, Time
from .bodies import Body
from .dashboard_query import Instant, instant

MetricName = Literal["p75", "p95", "error_share", "code", "silence", "coverage", "overcount", "weekly_report"]
Against = Literal["limit", "usual"]
State = Literal["quiet", "firing", "muted"]
CODE = "[A-Z][A-Z0-9_]{0,47}"

# Formats of this API: their patterns would be long.
Url = Annotated[str, Field(json_schema_extra={"format": "webhook", "maxLength": MAX_URL})]
Email = Annotated[str, Field(json_schema_extra={"format": "email-address", "maxLength": MAX_EMAIL})]


def _alert_schema(schema: dict[str, Any]) -> None:
    """Add the rules of `alerts.rule` that involve several fields, in JSON Schema."""
    schema["oneOf"] = [variant for name in METRICS for variant in _variants(name)]


def _variants(name: str) -> list[dict[str, Any]]:
    code = {"type": "string", "pattern": f"^{CODE}$"} if name == "code" else {"type": "null"}
    fixed: dict[str, Any] = {"metric": {"const": name}, "code": code}
    required = ["code"] if name == "code" else []
    if name == REPORT:
        fixed |= {"emails": {"type": "array", "minItems": 1}, "webhook": {"type": "null"}}
        required = ["emails"]
    bounds = METRICS[name].bounds
    if not bounds:
        return [{"properties": fixed | {"against": {"type": "null"}, "bound": {"type": "null"}}, "required": required}]
    return [
        {
            "properties": fixed
            | {"against": {"const": against}, "bound": {"type": "number", "minimum": least, "maximum": most}},
            "required": [*required, "against", "bound"],
        }
        for against, (least, most) in bounds.items()
    ]


def _whole(value: object) -> object:
    """In JSON 100.0 is a whole number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class AlertRequest(Body):
    model_config = ConfigDict(json_schema_extra=_alert_schema)

    metric: MetricName
    widget: str | None = Field(
        None, pattern=f"^{WIDGET_ID.pattern}$", description="One of the account's widgets; null for each of them."
    )
    code: str | None = Field(None, max_length=48, description="An error code, for the metric `code`.")
    against: Against | None = Field(None, description="`limit`: bound is the limit; `usual`: a factor of the usual.")
    bound: Annotated[float, Field(allow_inf_nan=False)] | None = Field(
        None, description="In ms for p75 and p95; a fraction for error_share, code and coverage; else a factor."
    )
    min_page_views: Annotated[int, BeforeValidator(_whole)] = Field(
        FEWEST_PAGE_VIEWS, ge=FEWEST_PAGE_VIEWS, le=MAX_MIN_PAGE_VIEWS
    )
    webhook: Url | None = Field(
        None, description="An https URL without a user, a password and a #. A new one gets a new secret."
    )
    emails: list[Email] = Field([], json_schema_extra={"maxItems": MAX_EMAILS, "uniqueItems": True})
    muted_until: Instant | None = Field(None, description="Until then the rule sends nothing.")

    def rule(self, account: str, now: datetime, id: str = "") -> Rule:  # noqa: A002
        """The rule. Raises SettingError."""
        fields = self.model_dump() | {"account": account, "id": id, "emails": tuple(self.emails)}
        until = instant(self.muted_until) if self.muted_until else None
        fields["muted_until"] = until if until and until > now else None
        return Rule(**fields)


class Alert(Answer):
    id: str
    metric: MetricName
    widget: str | None
    code: str | None
    against: Against | None
    bound: float | None
    min_page_views: int
    webhook: str | None = Field(description="For viewers only its host, because the rest may be a secret.")
    emails: list[str]
    muted_until: Time | None
    created_at: Time
    words: str = Field(description="What the rule waits for, in words.")
    state: State


class NewAlert(Alert):
    webhook_secret: str | None = Field(description="Signs the webhook's messages. It cannot be shown again.")


class Alerts(Answer):
    alerts: list[Alert]
    sends_emails: bool = Field(description="False if the operator has set no mail server.")


class AlertMessage(Answer):
    kind: Literal["fired", "resolved"]
    channel: Literal["webhook", "email"]
    sent_at: Time | None
    attempts: int
    waits: bool = Field(description="True until it is sent or given up.")
    problem: str = Field(description="One sentence: why the last attempt failed.")


class Incident(Answer):
    id: int
    alert: str
    widget: str
    rule: str = Field(description="The rule in words, as it was then.")
    span: str = Field(description="The length of time that was judged.")
    text: str = Field(description="What was measured.")
    opened_at: Time
    resolved_at: Time | None
    resolution: str = Field(description="How it ended.")
    notified: bool = Field(description="False if the rule was muted all the time.")
    messages: list[AlertMessage]


class Incidents(Answer):
    incidents: list[Incident]


def shown(rule: Rule, words: str, state: State, *, is_owner: bool) -> dict[str, Any]:
    """The rule's answer."""
    until = rule.muted_until
    return {
        **vars(rule),
        "emails": list(rule.emails),
        "webhook": rule.webhook if is_owner or not rule.webhook else "/".join(rule.webhook.split("/", 3)[:3]),
        "muted_until": f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if until else None,
        "words": words,
        "state": state,
    }
