"""Rules and readings in plain words, for messages, the history and the audit trail."""

from __future__ import annotations

from .reading import Reading
from .rule import METRICS, REPORT, SILENCE, USUAL, Rule


def in_words(rule: Rule, widget: str | None = None) -> str:
    """What the rule waits for, such as `p75 of load time of w1 is above 2.5 s`."""
    name = widget or rule.widget or "any widget"
    if rule.metric == REPORT:
        return f"every Monday, a report of the week of {rule.widget or 'all widgets'}"
    if rule.metric == SILENCE:
        return f"{name} used to load and no longer does"
    return f"{_subject(rule, name)} is {bound_in_words(rule)}"


def bound_in_words(rule: Rule) -> str:
    """The bound, such as `above 2.5 s` or `above 1.5 times the usual of these hours`."""
    metric = METRICS[rule.metric]
    assert rule.bound is not None
    where = "below" if metric.is_low_bad else "above"
    if rule.against == USUAL:
        return f"{where} {rule.bound:g} times the usual of these hours"
    return f"{where} {quantity(rule.bound, metric.unit)}"


def silent(widget: str, span: str) -> str:
    """That a widget no longer loads, in one sentence."""
    return f"{widget} used to load in these hours of the week, and was not heard from in the last {span}."


def heard_again(widget: str) -> str:
    return f"{widget} loads again."


def measured(rule: Rule, widget: str, reading: Reading, bound: float, span: str, *, is_over: bool = False) -> str:
    """What was measured, in one sentence. It has no figure of fewer than 20 page views."""
    unit = METRICS[rule.metric].unit
    usual = f" (here {quantity(bound, unit)})" if rule.against == USUAL else ""
    if reading.value is None:
        value = "rests on fewer than 20 page views"
    else:
        ends = f"{quantity(reading.low, unit)} to {quantity(reading.high, unit)}" if reading.high is not None else ""
        interval = f" (95% interval {ends or quantity(reading.low, unit) + ' or more'})"
        value = f"was {quantity(reading.value, unit)}{interval} in {reading.page_views:,} page views"
    end = f"no longer {bound_in_words(rule)}" if is_over else bound_in_words(rule)
    return f"{_capital(_subject(rule, widget))} {value} of the last {span}: {end}{usual}."


def quantity(value: float, unit: str) -> str:
    """A value of the unit `ms`, `fraction` or `factor`: `640 ms`, `2.5 s`, `1.2%`, `1.3`."""
    if unit == "ms":
        return f"{value:.0f} ms" if value < 999.5 else f"{value / 1000:.3g} s"
    return f"{value * 100:.2g}%" if unit == "fraction" and value < 0.1 else _plain(value, unit)


def _plain(value: float, unit: str) -> str:
    return f"{value * 100:.0f}%" if unit == "fraction" else f"{value:.3g}"


def _subject(rule: Rule, widget: str) -> str:
    name = METRICS[rule.metric].name.format(widget)
    return f"{name} {rule.code}" if rule.code else name


def _capital(text: str) -> str:
    return text if text.startswith("p") and text[1:2].isdigit() else text[0].upper() + text[1:]
