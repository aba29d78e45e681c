"""The experiments that run now, for every content answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from widget.content import Content, Variant
from widget.design import parse_design

from ..control.cached import Cached
from ..control.database import ControlDatabase
from ..control.rates import PAGE_HOLDS
from .experiment import Experiment
from .register import Experiments

# The experiments of each widget, and the options that winners have left to it.
Registered = tuple[dict[str, list[Experiment]], dict[str, dict[str, object]]]


class RunningExperiments:
    """Draws the variant of each content answer. Safe for all threads."""

    def __init__(self, database: ControlDatabase, random: Callable[[], float]) -> None:
        """`random` draws from [0, 1). Raises ControlError."""
        register = Experiments(database)
        self._random = random
        self._registered: Cached[Registered] = Cached(database, lambda: (register.by_widget(), register.designs()))

    def of(self, widget: str, now: datetime) -> Experiment | None:
        """The widget's experiment that runs at `now`. Raises ControlError."""
        experiments, _ = self._registered.value()
        running = (experiment for experiment in experiments.get(widget, ()) if experiment.state(now) == "running")
        return next(running, None)

    def has_variant(self, widget: str, code: str) -> bool:
        """Whether a page that is still open can show this variant, such as e7-b. Raises ControlError."""
        experiments, _ = self._registered.value()
        now = datetime.now(UTC)
        return any(
            experiment.starts_at <= now <= experiment.ends_at + PAGE_HOLDS
            and code in map(experiment.code, experiment.variants)
            for experiment in experiments.get(widget, ())
        )

    def applied_to(self, content: Content, *, is_preview: bool = False) -> Content:
        """The content with the design that an experiment left to its widget, and with a variant of the one that runs.

        A preview, which no visitor sees, has no variant. Raises ControlError.
        """
        experiment = self.of(content.id, datetime.now(UTC))
        design = content.design
        _, designs = self._registered.value()
        if options := designs.get(content.id):
            design = parse_design(options, design)[0]
        if experiment is None or is_preview:
            return replace(content, design=design)
        variant = experiment.draw(self._random())
        return replace(content, design=design, variant=Variant(experiment.code(variant), variant.design))
