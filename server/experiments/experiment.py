"""An experiment: variants of one widget's design, each shown in a share of its page views."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from widget.design import NAMES, parse_design

from ..errors import SettingError

LETTERS = "abcd"  # of the variants; `a` is the one that the others are compared with
FIGURES = ("interaction_rate", "error_share", "p50", "p75")
LEAST_SHARE = 0.05
LONGEST = timedelta(days=75)  # rows are kept for 90, so the results can be read for two weeks after
MAX_NAME = 100  # characters

Option = str | int | bool


@dataclass(frozen=True)
class Variant:
    """One of the designs. `share` is a fraction of page views; `design` has the options that differ."""

    letter: str
    share: float
    design: tuple[tuple[str, Option], ...] = ()


@dataclass(frozen=True)
class Experiment:
    """`starts_at` and `ends_at` are aware times. `figure`, one of FIGURES, decides."""

    id: int
    account: str
    widget: str
    name: str
    figure: str
    variants: tuple[Variant, ...]
    starts_at: datetime
    ends_at: datetime
    winner: str | None = None  # the letter of the variant that became the widget's design

    def state(self, now: datetime) -> str:
        """`planned`, `running` or `ended`."""
        if now < self.starts_at:
            return "planned"
        return "running" if now < self.ends_at else "ended"

    def code(self, variant: Variant) -> str:
        """The variant's name in batches, such as e7-b."""
        return f"e{self.id}-{variant.letter}"

    def draw(self, random: float) -> Variant:
        """The variant at `random`, drawn from [0, 1)."""
        for variant in self.variants:
            random -= variant.share
            if random < 0:
                return variant
        return self.variants[-1]  # the shares may add up to a little less than 1


def in_words(variants: Sequence[Variant]) -> str:
    """`a 50%: as it is now; b 50%: layout list, max 6`."""
    return "; ".join(f"{each.letter} {each.share:.0%}: {design_in_words(each.design)}" for each in variants)


def design_in_words(design: Sequence[tuple[str, Option]]) -> str:
    """`layout list, max 6`, or `as it is now`."""
    return ", ".join(f"{name} {value}" for name, value in design) or "as it is now"


def parse_variants(items: Sequence[tuple[float, Mapping[str, Option]]]) -> tuple[Variant, ...]:
    """The variants of these shares and designs, in order. Raises SettingError for the first mistake."""
    if not 2 <= len(items) <= len(LETTERS):
        raise SettingError(f"An experiment has 2 to {len(LETTERS)} variants.")
    for share, design in items:
        if not (math.isfinite(share) and LEAST_SHARE <= share <= 1):
            raise SettingError(f"A variant's share must be a fraction of at least {LEAST_SHARE:g}.")
        if design.keys() - set(NAMES):
            raise SettingError(f"A variant's design has only these options: {', '.join(NAMES)}.")
        if problems := parse_design(design)[1]:
            raise SettingError(problems[0].partition(";")[0] + ".")
    check_shares([share for share, _ in items])
    variants = tuple(
        Variant(letter, share, _options(design)) for letter, (share, design) in zip(LETTERS, items, strict=False)
    )
    if len({variant.design for variant in variants}) < len(variants):
        raise SettingError("Two variants have the same design.")
    return variants


def check_shares(shares: Sequence[float]) -> None:
    """Raises SettingError unless the shares add up to 1."""
    if abs(math.fsum(shares) - 1) > 1e-9:
        raise SettingError("The shares of the variants must add up to 1.")


def _options(design: Mapping[str, Option]) -> tuple[tuple[str, Option], ...]:
    """The options as a design has them, such as `list` for ` LIST`."""
    parsed = parse_design(design)[0]
    return tuple((name, getattr(parsed, name)) for name in NAMES if name in design)


def check(name: str, figure: str, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises SettingError for a wrong name, figure or time."""
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise SettingError(f"An experiment's name must be 1-{MAX_NAME} printable characters.")
    if figure not in FIGURES:
        raise SettingError(f"figure must be one of {', '.join(FIGURES)}.")
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise SettingError("starts_at and ends_at must say their offset from UTC, as in 2026-11-24T15:00:00Z.")
    if starts_at >= ends_at:
        raise SettingError("ends_at must be later than starts_at.")
    if ends_at <= now:
        raise SettingError("ends_at must be in the future.")
    if ends_at - starts_at > LONGEST:
        raise SettingError(f"An experiment takes at most {LONGEST.days} days: page views are kept for 90.")
