"""The schema of the coverage's answer."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from .answers import Answer, Time
from .figures import Estimate


class Covered(Answer):
    loads: Estimate
    answers: int | None = Field(description="Content answers given; null if fewer than 20, or if no hours divide them.")
    share: Estimate = Field(description="Loads heard from, as a fraction of the content answers.")
    is_too_many: bool = Field(description="True if there are more loads than the answers can explain.")
    sentence: str = Field(description="The share in words; empty if it cannot be told.")


class CoveredAt(Covered):
    at: Time
    whole: bool = Field(description="False for a bucket that reaches beyond the range or is not over.")


class Coverage(Answer):
    model_config = ConfigDict(populate_by_name=True)

    from_: Time = Field(alias="from")
    to: Time
    step_s: int = Field(description="Seconds between two points in time, whole hours.")
    has_enough: bool = Field(description="True if most points have 20 page views; else there are none.")
    summary: Covered
    over_time: list[CoveredAt]


class Seen(Answer):
    widgets: list[str] = Field(description="The ids of these widgets, sorted.")
