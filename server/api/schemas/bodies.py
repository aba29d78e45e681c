"""What the API takes: the bodies, checked strictly, and their rules said in JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ...control.settings import CONFIRMATION, RATES
from ...control.tokens import MAX_LABEL
from .answers import Mode, Scope


class Body(BaseModel):
    """Nothing is taken for something else, and no field too many."""

    model_config = ConfigDict(strict=True, extra="forbid")


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
