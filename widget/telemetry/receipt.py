"""The receipt: what a visitor may know about the data of one widget in this page view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Receipt:
    """`answers` are those of Consent.answers, `sent` the bodies of the batches of all widgets of the page."""

    answers: Mapping[str, str]
    is_in_sample: bool
    is_in_sample_on_error: bool  # if an error happens, see Outbox
    sent: Sequence[str]

    @property
    def is_refused(self) -> bool:
        """Whether anyone says no."""
        return any(answer == "no" for answer in self.answers.values())

    @property
    def is_stopped(self) -> bool:
        """Whether the visitor has said no in this page view."""
        return self.answers["visitor"] == "no"
