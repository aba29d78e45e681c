"""The schemas of the API's request bodies. They are strict: no type is converted and no field may be extra."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from widget.telemetry.schema import WIDGET_ID

from ...control.accounts import MAX_NAME
from ...control.origins import MAX_ORIGINS
from ...control.rates import MAX_DECLARED
from ...control.regions import EPSILONS
from ...control.settings import CONFIRMATION, RATES
from ...control.tokens import MAX_DAYS, MAX_LABEL
from ...errors import SettingError
from .answers import Mode, Receipt, Scope
from .dashboard_query import Instant, Version, instant

WidgetId = Annotated[str, Field(pattern=f"^{WIDGET_ID.pattern}$")]


class Body(BaseModel):
    """A strict schema."""

    model_config = ConfigDict(strict=True, extra="forbid")


def _telemetry_schema(schema: dict[str, Any]) -> None:
    """Add the rules of `control.settings` that involve several fields, in JSON Schema."""
    words = "".join(f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else letter for letter in CONFIRMATION)
    confirmation = {"type": "string", "pattern": f"^ {{0,8}}{words} {{0,8}}$", "examples": [CONFIRMATION]}
    sampled, opt_in = (
        {"type": "number", "minimum": least, "maximum": most} for least, most in (RATES["sampled"], RATES["opt-in"])
    )
    default, none = {"type": "null"}, {"const": 0}
    schema["oneOf"] = [
        {"properties": {"mode": {"const": "off"}}},
        {
            "properties": {
                "mode": {"const": "sampled"},
                "rate": {"anyOf": [sampled, default]},
                "rate_on_error": {"anyOf": [sampled, none]},
            },
        },
        {
            "properties": {
                "mode": {"const": "opt-in"},
                "rate": opt_in,
                "rate_on_error": {"anyOf": [opt_in, none]},
                "receipt": {"enum": ["top", "bottom", None]},
                "confirmation": confirmation,
            },
            "required": ["rate", "confirmation"],
        },
    ]


class WidgetRequest(Body):
    id: str = Field(pattern=f"^{WIDGET_ID.pattern}$", description="The new widget's id.", examples=["testimonials"])


class TelemetryChange(Body):
    model_config = ConfigDict(json_schema_extra=_telemetry_schema)

    mode: Mode
    rate: Annotated[float, Field(ge=0.001, le=1, allow_inf_nan=False)] | None = Field(
        None, description="A fraction: for `sampled` 0.001 to 0.1, default 0.01; for `opt-in` 0.001 to 1."
    )
    rate_on_error: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = Field(
        0,
        description="That of errors, within the mode's range. 0 or one below `rate`: there is none.",
    )
    receipt: Receipt | None = Field(
        None, description="The place of the receipt's button; null keeps it. `opt-in` has it at the top or the bottom."
    )
    confirmation: str = Field("", max_length=100, description=f"`opt-in` needs these words: {CONFIRMATION}")


class NameChange(Body):
    name: str = Field(
        min_length=1, max_length=MAX_NAME, description="The name to show.", json_schema_extra={"format": "printable"}
    )


class RatesChange(Body):
    declared: list[Annotated[float, Field(ge=0.001, le=1, allow_inf_nan=False)]] = Field(
        max_length=MAX_DECLARED,
        description="All rates that the page's own scripts use: 0.001 to 0.1, or to 1 in mode `opt-in`.",
    )


class RegionsChange(Body):
    is_on: bool
    epsilon: Annotated[float, Field(ge=EPSILONS[0], le=EPSILONS[1], allow_inf_nan=False)] | None = Field(
        None, description="Of the randomised response: the lower, the less a page tells; null: without it."
    )


class OriginsChange(Body):
    origins: list[Annotated[str, Field(max_length=300, json_schema_extra={"format": "origin"})]] = Field(
        max_length=MAX_ORIGINS, description="Such as https://shop.example, without a path; an empty list means all."
    )


class Stretch(Body):
    """A stretch of time, from `from` until before `to`."""

    from_: Instant | None = Field(None, alias="from")
    to: Instant | None = None

    def stretch(self) -> tuple[datetime | None, datetime | None]:
        """Both ends in UTC; None stands for no end. Raises SettingError."""
        start, stop = (instant(text) if text else None for text in (self.from_, self.to))
        if start and stop and start >= stop:
            raise SettingError("from must be earlier than to.")
        return start, stop


class ExclusionRequest(Stretch):
    widget: WidgetId | None = None
    version: Version | None = None


class EraseRequest(Stretch):
    widget: WidgetId | None = None


def _token_schema(schema: dict[str, Any]) -> None:
    """Add the rule that an operator's token has no account and all others have one."""
    schema["oneOf"] = [
        {"properties": {"scope": {"const": "operator"}, "account": {"type": "null"}}},
        {
            "properties": {"scope": {"enum": ["owner", "viewer"]}, "account": {"type": "string"}},
            "required": ["account"],
        },
    ]


class TokenRequest(Body):
    model_config = ConfigDict(json_schema_extra=_token_schema)

    scope: Scope
    account: str | None = Field(None, description="The account of an owner or viewer; null for an operator.")
    label: str = Field(
        min_length=1,
        max_length=MAX_LABEL,
        description="The token's holder, in printable characters.",
        json_schema_extra={"format": "printable"},
    )
    expires_in_days: Annotated[int, Field(ge=1, le=MAX_DAYS)] | None = Field(
        None, description="The token ends by itself after so many days; null: only when it is revoked."
    )
