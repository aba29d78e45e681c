"""The schema of the answer about the stages of Python's start."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from .answers import Answer, Time
from .figures import Estimate


class Stage(Answer):
    stage: Literal["tag", "content", "seen", "wanted", "ready", "report"]
    share: Estimate = Field(description="Page views that reached it, as a fraction of all.")
    p50: Estimate = Field(description="Milliseconds from the script tag's execution, of the page views that tell it.")
    p75: Estimate


class EndOfCode(Answer):
    code: str = Field(description="An error code, `other` for those of too few page views, or empty: without an error.")
    share: Estimate


class End(Answer):
    after: Literal["tag", "content", "wanted", "report"] = Field(description="The stage that was reached last.")
    share: Estimate
    codes: list[EndOfCode] = Field(description="Empty if no code may be told.")


class Start(Answer):
    stages: list[Stage]
    ended: list[End] = Field(description="Where page views ended, as fractions of all.")


class StartOf(Start):
    name: str = Field(description="A version. `other` stands for all that are not in the table.")
    from_: Time = Field(alias="from")
    to: Time


class Stages(Answer):
    model_config = ConfigDict(populate_by_name=True)

    from_: Time = Field(alias="from")
    to: Time
    summary: Start
    by_version: list[StartOf]
