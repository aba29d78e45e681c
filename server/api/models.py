"""What the API's answers and bodies hold. One unit inside: a rate is a fraction, a time is UTC in ISO 8601."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..control.settings import CONFIRMATION, RATES
from ..control.tokens import MAX_LABEL

Mode = Literal["off", "sampled", "opt-in"]
Scope = Literal["operator", "owner", "viewer"]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-24T15:00:00.000Z"])]


class Answer(BaseModel):
    """Its fields may be read off our own objects."""

    model_config = ConfigDict(from_attributes=True)


class Body(BaseModel):
    """Nothing is taken for something else, and no field too many."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Problem(Answer):
    error: str = Field(description="One sentence: what was wrong, and what to do.")


class AccountName(Answer):
    id: str
    name: str


class AccountNames(Answer):
    accounts: list[AccountName]


class Me(AccountNames):
    scope: Scope
    account: str | None = Field(description="The one account of the token; null for an operator's.")
    label: str = Field(description="Who holds the token, in the words of who made it.")


class Telemetry(Answer):
    mode: Mode
    rate: float = Field(description="A fraction of page loads; it counts for nothing while mode is off.")


class Widget(Answer):
    id: str
    embed: str = Field(description="The line of HTML that shows the widget in a page.")


class Account(AccountName):
    telemetry: Telemetry
    widgets: list[Widget]
    confirmation: str = Field(description="The words that opt-in needs, typed by the owner.")


def _telemetry_schema(schema: dict[str, Any]) -> None:
    """Says in JSON Schema what `control.settings` decides, and the fields alone cannot say."""
    words = "".join(f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else letter for letter in CONFIRMATION)
    confirmed = {"type": "string", "pattern": f"^ {{0,8}}{words} {{0,8}}$", "examples": [CONFIRMATION]}
    least, most = RATES["sampled"]
    sampled = {"anyOf": [{"type": "number", "minimum": least, "maximum": most}, {"type": "null"}]}
    least, most = RATES["opt-in"]
    schema["oneOf"] = [
        {"properties": {"mode": {"const": "off"}}},
        {"properties": {"mode": {"const": "sampled"}, "rate": sampled}},
        {
            "properties": {
                "mode": {"const": "opt-in"},
                "rate": {"type": "number", "minimum": least, "maximum": most},
                "confirmation": confirmed,
            },
            "required": ["rate", "confirmation"],
        },
    ]


class TelemetryChange(Body):
    model_config = ConfigDict(json_schema_extra=_telemetry_schema)

    mode: Mode
    rate: Annotated[float, Field(ge=0.001, le=1, allow_inf_nan=False)] | None = Field(
        None, description="A fraction: `sampled` takes 0.001 to 0.1, 0.01 unless told, and `opt-in` 0.001 to 1."
    )
    confirmation: str = Field("", max_length=100, description=f"For `opt-in` these words: {CONFIRMATION}")


class AuditEntry(Answer):
    id: int
    at: Time
    actor: str = Field(description="The label and id of the token that was used, or `command line`.")
    account: str | None
    action: str
    detail: str = Field(description="What it was and what it became, in words.")


class AuditEntries(Answer):
    entries: list[AuditEntry]


class Token(Answer):
    id: str
    scope: Scope
    account: str | None
    label: str
    created_at: Time
    revoked_at: Time | None


class Tokens(Answer):
    tokens: list[Token]


class NewToken(Token):
    token: str = Field(description="The token's text. It is nowhere to be had again.")


def _token_schema(schema: dict[str, Any]) -> None:
    schema["oneOf"] = [
        {"properties": {"scope": {"const": "operator"}, "account": {"type": "null"}}},
        {
            "properties": {"scope": {"enum": ["owner", "viewer"]}, "account": {"type": "string"}},
            "required": ["account"],
        },
    ]


class TokenWanted(Body):
    model_config = ConfigDict(json_schema_extra=_token_schema)

    scope: Scope
    account: str | None = Field(None, description="Of an owner's or viewer's token; none for an operator's.")
    label: str = Field(
        min_length=1,
        max_length=MAX_LABEL,
        description="Who will hold it, in printable characters.",
        json_schema_extra={"format": "printable"},
    )


class FieldSent(Answer):
    name: str
    bounds: str
    purpose: str


class Preview(Answer):
    fields: list[FieldSent]
    example: dict[str, Any] = Field(description="A batch exactly as it leaves a page.")


class Event(Answer):
    """One stored row; it stands for count * weight events of all visits."""

    ts: Time
    account: str
    kind: Literal["load", "error", "interaction"]
    widget: str
    version: str
    layout: str
    code: str
    load_ms: int
    count: int
    rate: float
    weight: float = Field(description="1 / rate")


class Events(Answer):
    events: list[Event]


class Minute(Answer):
    at: Time
    requests: int
    rows: int
    refused: int


class Queue(Answer):
    rows: int
    capacity: int


class StoreSize(Answer):
    rows: int
    bytes: int


class Health(Answer):
    status: Literal["ok", "store_failing"]
    started_at: Time
    minutes: list[Minute] = Field(description="The last hour, the oldest minute first.")
    refused: dict[str, int] = Field(description="By the reason's word, since the start.")
    queue: Queue
    oldest_row: Time | None
    oldest_days: float | None
    retention_days: int
    store: StoreSize | None = Field(description="null while the store cannot be asked.")


class Figure(Answer):
    """A weighted estimate with its 95 % interval; null, and too_few true, where fewer than 20 rows are behind it."""

    value: float | None
    low: float | None
    high: float | None
    rows: int
    too_few: bool


class Figures(Answer):
    loads: Figure
    error_rate: Figure = Field(description="Errors per load, a fraction.")
    interactions: Figure
    p50: Figure = Field(description="Half of the loads took at most so many milliseconds.")
    p75: Figure
    p95: Figure
    p99: Figure


class FiguresAt(Figures):
    at: Time


class FiguresOf(Figures):
    name: str


class ErrorCount(Answer):
    code: str
    count: Figure


class Dashboard(Answer):
    model_config = ConfigDict(populate_by_name=True)

    from_: Time = Field(alias="from")
    to: Time
    time_zone: str
    step_s: int
    retention_days: int
    summary: Figures
    over_time: list[FiguresAt]
    by_widget: list[FiguresOf]
    by_layout: list[FiguresOf]
    by_version: list[FiguresOf]
    errors: list[ErrorCount]
