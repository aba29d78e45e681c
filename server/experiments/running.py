"""The experiments that run now, for every content answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from widget.content import Content, Variant
from widget.design import parse_design

from ..control.database import ControlDatabase
from ..control.rates import PAGE_HOLDS
from .experiment import Experiment
from .register import Experiments

MAX_AGE_S = 0.02  # delay of other processes' changes, as in control/widget_owners.py


class RunningExperiments:
    """Draws the variant of each content answer. Safe for all threads."""

    def __init__(self, database: ControlDatabase, random: Callable[[], float]) -> None:
        """`random` draws from [0, 1). Raises ControlError."""
        self._database = database
        self._random = random
        self._experiments: dict[str, list[Experiment]] = {}
        self._designs: dict[str, dict[str, object]] = {}
        self._version = (-1, -1)
        self._checked_at = 0.0
        self._lock = threading.Lock()
        self._refresh()

    def of(self, widget: str, now: datetime) -> Experiment | None:
        """The widget's experiment that runs at `now`. Raises ControlError."""
        self._refresh()
        running = (experiment for experiment in self._experiments.get(widget, ()) if experiment.state(now) == "running")
        return next(running, None)

    def has_variant(self, widget: str, code: str) -> bool:
        """Whether a page that is still open can show this variant, such as e7-b. Raises ControlError."""
        self._refresh()
        now = datetime.now(UTC)
        return any(
            experiment.starts_at <= now <= experiment.ends_at + PAGE_HOLDS
            and code in map(experiment.code, experiment.variants)
            for experiment in self._experiments.get(widget, ())
        )

    def applied_to(self, content: Content, *, is_preview: bool = False) -> Content:
        """The content with the design that an experiment left to its widget, and with a variant of the one that runs.

        A preview, which no visitor sees, has no variant. Raises ControlError.
        """
        experiment = self.of(content.id, datetime.now(UTC))
        design = content.design
        if options := self._designs.get(content.id):
            design = parse_design(options, design)[0]
        if experiment is None or is_preview:
            return replace(content, design=design)
        variant = experiment.draw(self._random())
        return replace(content, design=design, variant=Variant(experiment.code(variant), variant.design))

    def _refresh(self) -> None:
        if self._database.changes == self._version[0] and time.monotonic() - self._checked_at <= MAX_AGE_S:
            return
        with self._lock:
            # The version is read first: a change that comes while the rest is read is read again next time.
            version = self._database.changes, self._database.version()
            if version != self._version:
                register = Experiments(self._database)
                self._experiments, self._designs = register.by_widget(), register.designs()
            self._version, self._checked_at = version, time.monotonic()
