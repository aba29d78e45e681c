"""The schema of the dashboard's answer."""

from __future__ import annotations

from typing import Literal

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
    whole: bool = Field(description="False for a point whose time is not all in the range, such as the last one.")


class FiguresOf(Figures):
    name: str = Field(description="`other` stands for all names that are not in the table.")
    from_: Time = Field(alias="from")
    to: Time


class ErrorCount(Answer):
    code: str = Field(description="`other` stands for all codes that are not in the table.")
    from_: Time = Field(alias="from")
    to: Time
    count: Estimate


class ErrorCountAt(Answer):
    at: Time
    count: Estimate


class ErrorCountOf(Answer):
    name: str
    count: Estimate


class ErrorCode(ErrorCount):
    over_time: list[ErrorCountAt] = Field(description="Without the points that have no error of this code.")
    by_widget: list[ErrorCountOf]
    by_version: list[ErrorCountOf]


class Change(Answer):
    """A figure's change against the period before."""

    before: float
    share: float | None = Field(description="(now - before) / before; null where before is 0.")
    is_beyond_chance: bool = Field(description="True if the change is more than chance, by both 95 % intervals.")


class Bin(Answer):
    from_ms: int
    to_ms: int | None = Field(description="null for no end")
    share: float


class LoadTimes(Answer):
    """The distribution of load times. A bin has 20 loads or more."""

    bins: list[Bin]
    good: Estimate = Field(description="The share of loads under 2.5 s.")
    needs_work: Estimate
    poor: Estimate = Field(description="The share of loads of 4 s or more.")


class Names(Answer):
    """What the filters can choose, whatever they are now."""

    widget: list[str]
    layout: list[str]
    version: list[str]
    region: list[str] = Field(description="Empty if pages named their region by randomised response.")


class Mark(Answer):
    at: Time
    kind: Literal["version", "setting"]
    name: str = Field(description="A version that arrived, or the action in the audit trail.")
    detail: str


class Period(Answer):
    model_config = ConfigDict(populate_by_name=True)

    from_: Time = Field(alias="from")
    to: Time


class Dashboard(Answer):
    model_config = ConfigDict(populate_by_name=True)

    from_: Time = Field(alias="from")
    to: Time = Field(description="The figures end here. What came after it is told once it is 20 page views or more.")
    time_zone: str
    step_s: int
    retention_days: int
    summary: Figures
    over_time: list[FiguresAt]
    by_widget: list[FiguresOf]
    by_layout: list[FiguresOf]
    by_version: list[FiguresOf]
    by_region: list[FiguresOf] = Field(description="Empty unless the account collects regions. `none` told no region.")
    regions_by_chance: bool = Field(
        description="True if pages named their region by randomised response; by_region is corrected for that."
    )
    errors: list[ErrorCount]
    has_enough: bool = Field(description="True if most points over time rest on 20 page views or more.")
    enough_in: str | None = Field(description="The shortest longer range whose points would, or null.")
    load_times: LoadTimes
    before: Period | None = Field(description="The period before, which `changes` compare with; null if not kept.")
    changes: dict[str, Change | None] | None = Field(description="By figure; null where one cannot be compared.")
    names: Names
    marks: list[Mark]
