"""The schema of the dashboard's answer."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from .answers import Answer, Time


class Estimate(Answer):
    """A weighted estimate with its 95 % interval. With fewer than 20 rows it is null and too_few is true."""

    value: float | None
    low: float | None
    high: float | None
    rows: int
    too_few: bool


class Figures(Answer):
    loads: Estimate
    error_rate: Estimate = Field(description="Errors per load, a fraction.")
    interactions: Estimate
    p50: Estimate = Field(description="The median load time in milliseconds.")
    p75: Estimate
    p95: Estimate
    p99: Estimate


class FiguresAt(Figures):
    at: Time


class FiguresOf(Figures):
    name: str


class ErrorCount(Answer):
    code: str
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
