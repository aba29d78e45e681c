"""The schema of a proposed sampling rate."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from widget.telemetry.schema import WIDGET_ID

from .answers import Answer


class RateQuery(BaseModel):
    """The query's parameters. Unknown names are refused, because they are typing errors."""

    model_config = ConfigDict(extra="forbid")

    figure: Literal["p50", "p75", "p95", "p99", "error_share"] = "p75"
    precision: float = Field(0.05, ge=0.001, le=1, description="To within this fraction of the figure's own value.")
    days: float = Field(1, ge=0.1, le=90, description="Within so many days.")
    widget: str | None = Field(None, pattern=f"^{WIDGET_ID.pattern}$", description="Only this widget.")


class RateProposal(Answer):
    page_views: int | None = Field(description="Page views to be heard from; null if no number gives the precision.")
    page_views_a_day: float | None = Field(description="Page views a day in all, rounded up to two digits.")
    rate: float | None = Field(description="The sampling rate, a fraction; null if even all page views are too few.")
    sentence: str
