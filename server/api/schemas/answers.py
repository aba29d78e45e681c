"""What the API's answers hold. One unit inside: a rate is a fraction, a time is UTC in ISO 8601."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Mode = Literal["off", "sampled", "opt-in"]
Scope = Literal["operator", "owner", "viewer"]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-24T15:00:00.000Z"])]


class Answer(BaseModel):
    """Its fields may be read off our own objects."""

    model_config = ConfigDict(from_attributes=True)


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
    embed_problem: str | None = Field(description="One sentence if the embed code works on this machine only.")
    confirmation: str = Field(description="The words that opt-in needs, typed by the owner.")


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
