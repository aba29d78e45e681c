"""The schemas of the API's request bodies. They are strict: no type is converted and no field may be extra."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from widget.telemetry.schema import WIDGET_ID

from ...control.settings import CONFIRMATION, RATES
from ...control.tokens import MAX_DAYS, MAX_LABEL
from .answers import Mode, Scope


class Body(BaseModel):
    """A strict schema."""

    model_config = ConfigDict(strict=True, extra="forbid")


def _telemetry_schema(schema: dict[str, Any]) -> None:
    """Add the rules of `control.settings` that involve several fields, in JSON Schema."""
    words = "".join(f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else letter for letter in CONFIRMATION)
    confirmation = {"type": "string", "pattern": f"^ {{0,8}}{words} {{0,8}}$", "examples": [CONFIRMATION]}
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
    confirmation: str = Field("", max_length=100, description=f"`opt-in` needs these words: {CONFIRMATION}")


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
