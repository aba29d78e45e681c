"""The schemas of the API's answers. Rates are fractions, times are UTC in ISO 8601."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ...ingest.writer import Status

Mode = Literal["off", "sampled", "opt-in"]
Receipt = Literal["none", "top", "bottom"]
Scope = Literal["operator", "owner", "viewer"]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-24T15:00:00.000Z"])]


class Answer(BaseModel):
    """A schema whose values may also be the attributes of the server's own objects."""

    model_config = ConfigDict(from_attributes=True)


class Problem(Answer):
    error: str = Field(description="One sentence: what is wrong and what to do.")


class AccountName(Answer):
    id: str
    name: str


class AccountNames(Answer):
    accounts: list[AccountName]


class Me(AccountNames):
    id: str = Field(description="The token's id.")
    scope: Scope
    expires_at: Time | None = Field(description="When the token ends by itself; null if it does not.")
    account: str | None = Field(description="The token's only account; null for an operator.")
    label: str = Field(description="The token's holder, as its maker wrote it.")


class Telemetry(Answer):
    mode: Mode
    rate: float = Field(description="A fraction of page views; without effect while mode is off.")
    rate_on_error: float = Field(description="That of errors, if it is higher; 0: there is none.")
    receipt: Receipt = Field(description="Where the widgets have the button that tells visitors what is sent.")


class Regions(Answer):
    is_on: bool = Field(description="True if page views in the sample name their region of the world.")
    epsilon: float | None = Field(description="Of the randomised response; null: pages name their own region.")
    truth: float = Field(description="The probability with which a page names its own region; 0 if regions are off.")


class Widget(Answer):
    id: str
    embed: str = Field(description="The lines of HTML that show the widget in a page.")


class Account(AccountName):
    telemetry: Telemetry
    rates: Rates
    regions: Regions
    widgets: list[Widget]
    embed_problem: str | None = Field(description="One sentence if the embed code works on this machine only.")
    confirmation: str = Field(description="The words that the owner types to confirm opt-in.")


class Rates(Answer):
    declared: list[float] = Field(description="Sampling rates that the page's own scripts may use as well.")


class WidgetOrigins(Answer):
    widget: str
    origins: list[str] = Field(description="The origins whose pages may show the widget; empty: all.")


class OriginSeen(Answer):
    origin: str
    requests: int


class OriginsOfWidget(WidgetOrigins):
    seen: list[OriginSeen] = Field(description="Origins with 20 requests or more in the last hour, most first.")


class OriginsOfWidgets(Answer):
    widgets: list[OriginsOfWidget]


class Exclusion(Answer):
    """Rows that fit all of it are left out; null stands for all."""

    model_config = ConfigDict(populate_by_name=True)

    id: int
    widget: str | None
    version: str | None
    from_: Time | None = Field(alias="from")
    to: Time | None
    created_at: Time


class Exclusions(Answer):
    exclusions: list[Exclusion]


class Erased(Answer):
    rows: int = Field(description="Rows erased.")
    left: int = Field(description="Rows on nodes of a cluster without a Keeper, which `tresta erase --node` erases.")


class AuditEntry(Answer):
    id: int
    at: Time
    actor: str = Field(description="The label and id of the token that made the change, or `command line`.")
    account: str | None
    action: str
    detail: str = Field(description="The old and the new value, in words.")


class AuditEntries(Answer):
    entries: list[AuditEntry]


class Token(Answer):
    id: str
    scope: Scope
    account: str | None
    label: str
    created_at: Time
    revoked_at: Time | None
    expires_at: Time | None = Field(description="When it ends by itself; null for a token that does not.")
    last_used_at: Time | None = Field(description="To the hour; null for a token that was never used.")


class Tokens(Answer):
    tokens: list[Token]


class NewToken(Token):
    token: str = Field(description="The token's text. It cannot be shown again.")


class BatchField(Answer):
    name: str
    type: str
    bounds: str
    purpose: str
    panel: str = Field(description="Where the console shows what the field is for.")


class FieldChange(Answer):
    field: str
    before: str = Field(description="The bounds before; empty: the field is new.")
    after: str = Field(description="The bounds since; empty: the field is gone.")


class SchemaChange(Answer):
    from_: int = Field(alias="from", description="The version before.")
    to: int
    digest: str = Field(description="Of the table since: a version can have several tables.")
    fields: list[FieldChange]


class Preview(Answer):
    # Not `schema`, which pydantic's models have as a method.
    version: int = Field(alias="schema", description="The schema's version.")
    digest: str = Field(description="The start of the SHA-256 of the table of fields, as in each batch.")
    fields: list[BatchField]
    example: dict[str, Any] = Field(description="A batch exactly as a page sends it.")
    changes: list[SchemaChange] = Field(description="What changed between the versions that are still taken.")


class Event(Answer):
    """One stored row. It stands for count * weight events of all page views."""

    ts: Time
    account: str
    kind: Literal["load", "error", "interaction"]
    widget: str
    version: str
    layout: str
    code: str
    variant: str = Field(description="Of a running experiment, such as e7-b; else empty.")
    region: str = Field(description="Of the world, such as western-europe; empty if the page told none.")
    truth: float = Field(description="The probability that `region` is the page's own; 0 without a region.")
    load_ms: int
    content_ms: int | None = Field(description="When the content was there, of a load; null: not told.")
    wanted_ms: int | None
    ready_ms: int | None = Field(description="When Python was up; 0: no script tag waited for it.")
    report_ms: int | None = Field(description="When the page first reported.")
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
    status: Status = Field(description="Not `ok` while the store cannot be written or read.")
    problem: str = Field(description="Why rows cannot be stored, in a sentence; empty if they can.")
    started_at: Time
    minutes: list[Minute] = Field(description="The last hour, the oldest minute first.")
    refused: dict[str, int] = Field(description="The number of refusals by reason, since the start.")
    clipped: int = Field(
        description="Rows since the start that were sent with a count above 1,000 and stored with 1,000."
    )
    queue: Queue
    oldest_row: Time | None
    newest_row: Time | None
    oldest_days: float | None
    retention_days: int
    store: StoreSize | None = Field(description="null while the store cannot be read.")
