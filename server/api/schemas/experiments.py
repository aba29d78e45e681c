"""The schemas of experiments: their requests and answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .answers import Answer, Time
from .bodies import Body
from .dashboard_query import Instant

Letter = Literal["a", "b", "c", "d"]
FigureName = Literal["interaction_rate", "error_share", "p50", "p75"]
Option = str | int | bool


class NewVariant(Body):
    share: Annotated[float, Field(ge=0.05, le=1, allow_inf_nan=False)]
    design: dict[str, Option] = Field({}, description="The design's options that differ, such as layout: list.")


class NewExperiment(Body):
    widget: str = Field(pattern="^[A-Za-z0-9_-]{1,64}$")
    name: str = Field(min_length=1, max_length=100, json_schema_extra={"format": "printable"})
    figure: FigureName = Field(description="The one figure that decides.")
    variants: list[NewVariant] = Field(
        min_length=2, max_length=4, description="The first one is what the others are compared with."
    )
    starts_at: Instant | None = Field(None, description="Default: now.")
    ends_at: Instant


class EndedExperiment(Body):
    winner: Letter | None = Field(None, description="The variant that becomes the widget's design; null: none.")


class Variant(Answer):
    letter: Letter
    share: float
    design: dict[str, Option]


class Experiment(Answer):
    id: int
    widget: str
    name: str
    figure: FigureName
    state: Literal["planned", "running", "ended"]
    variants: list[Variant]
    starts_at: Time
    ends_at: Time
    winner: Letter | None


class Experiments(Answer):
    experiments: list[Experiment]
