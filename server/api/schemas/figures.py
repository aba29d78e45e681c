"""The schema of the dashboard's answer."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from .answers import Answer, Time


class Estimate(Answer):
    """An estimate with its 95 % interval. Of fewer than 20 page views everything is null, and too_few is true."""

    value: float | None
    low: float | None
    high: float | None
    page_views: int | None = Field(description="How many page views it rests on.")
    too_few: bool
    too_uneven: bool = Field(description="Few page views carry most of the weight, so there is no interval.")


class Figures(Answer):
    loads: Estimate
    error_share: Estimate = Field(description="The share of page views with an error, a fraction.")
    error_rate: Estimate = Field(description="Errors per load, a fraction.")
    interactions: Estimate
    p50: Estimate = Field(description="The median load time in milliseconds.")
    p75: Estimate
    p95: Estimate
    p99: Estimate


class FiguresAt(Figures):
    at: Time


class FiguresOf(Figures):
    name: str = Field(description="`other` stands for all names that are not in the table.")
    from_: Time = Field(alias="from")
    to: Time


class ErrorCount(Answer):
    code: str = Field(description="`other` stands for all codes that are not in the table.")
    from_: Time = Field(alias="from")
    to: Time
    count: Estimate


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
