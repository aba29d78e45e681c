"""What the dashboard's answer holds: estimates, each with how far it can be trusted."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from .answers import Answer, Time


class Figure(Answer):
    """A weighted estimate with its 95 % interval; null, and too_few true, where fewer than 20 rows are behind it."""

    value: float | None
    low: float | None
    high: float | None
    rows: int
    too_few: bool


class Figures(Answer):
    loads: Figure
    error_rate: Figure = Field(description="Errors per load, a fraction.")
    interactions: Figure
    p50: Figure = Field(description="Half of the loads took at most so many milliseconds.")
    p75: Figure
    p95: Figure
    p99: Figure


class FiguresAt(Figures):
    at: Time


class FiguresOf(Figures):
    name: str


class ErrorCount(Answer):
    code: str
    count: Figure


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
