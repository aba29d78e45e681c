"""The schemas of experiments: their requests and answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

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


class ComparedFigure(Answer):
    """A figure of a variant beside that of variant a; null where there is too little to tell."""

    value: float | None = Field(description="A fraction of page views, or a load time in ms.")
    difference: float | None = Field(description="The value minus that of variant a.")
    low: float | None = Field(description="The lower end of the difference's interval; null also if it has none.")
    high: float | None = Field(description="The upper end; as `low`.")


class VariantResult(Answer):
    letter: Letter
    answers: int | None = Field(description="Content answers with this variant, in tens; null if fewer than 20.")
    page_views: int | None = Field(description="Sampled page views, in twenties; null if fewer than 100.")
    figures: dict[FigureName, ComparedFigure]


class ExperimentResults(Answer):
    verdict: Literal["too_early", "ratio_mismatch", "difference", "no_difference_yet", "no_difference", "not_kept"] = (
        Field(description="What the experiment's own figure says.")
    )
    sentence: str = Field(description="The verdict in words.")
    leader: Letter | None = Field(description="The best variant, if there is a difference.")
    p_value: float | None = Field(
        description="How well the content answers fit the shares; below 0.001 hides the figures."
    )
    until: Time | None = Field(description="The moment up to which page views are told: a whole hour.")
    variants: list[VariantResult]


class PlanQuery(BaseModel):
    """The query's parameters. Unknown names are refused, because they are typing errors."""

    model_config = ConfigDict(extra="forbid")

    widget: str = Field(pattern="^[A-Za-z0-9_-]{1,64}$")
    figure: FigureName
    shares: list[Annotated[float, Field(ge=0.05, le=1, allow_inf_nan=False)]] = Field(
        min_length=2, max_length=4, description="The shares of the variants, of which the first is compared with."
    )
    change: Annotated[float, Field(ge=-0.9, le=10, allow_inf_nan=False)] = Field(
        0.2, description="The relative change to be seen: 0.2 is 20% more."
    )


class Plan(Answer):
    days: int | None = Field(description="As likely seen earlier as later; null if it takes too long or is unknown.")
    page_views_a_day: float | None = Field(description="In the sample, in the last 7 whole days.")
    value: float | None = Field(description="The figure in these days: a fraction, or a load time in ms.")
    sentence: str
