"""The schema of the coverage's answer."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from .answers import Answer, Time
from .figures import Estimate


class Covered(Answer):
    loads: Estimate
    answers: int | None = Field(description="Content answers given, in tens; null if fewer than 20.")
    share: Estimate = Field(description="Loads heard from, as a fraction of the content answers.")
    is_too_many: bool = Field(description="True if there are more loads than the answers can explain.")
    sentence: str = Field(description="The share in words; empty if it cannot be told.")


class CoveredAt(Covered):
    at: Time


class Coverage(Answer):
    model_config = ConfigDict(populate_by_name=True)

    from_: Time = Field(alias="from")
    to: Time
    summary: Covered
    over_time: list[CoveredAt]
