"""What docs/alerts.md says of rules, spans, false alarms and delays is so."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.alerts.rule import METRICS
from server.alerts.spans import SPANS
from server.alerts.words import in_words
from server.api.schemas.alerts import AlertRequest
from tests.server import alert_simulation as simulation

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```json\n([^\n]*)\n```\n\n> ([^\n]*)$", DOCS, re.MULTILINE)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
UNITS = {"min": timedelta(minutes=1), "h": HOUR, "days": DAY}
REPEATS = {100: 4, 10_000: 2, 1_000_000: 1}  # for a false alarm; the table itself has more


def table(head: str) -> list[list[str]]:
    """The cells of the table below this head."""
    lines = DOCS.partition(f"{head}\n")[2].splitlines()[1:]
    rows: list[list[str]] = []
    for line in lines:
        if not line.startswith("|"):
            return rows
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


ALARMS = {row[0]: row[1:] for row in table("| rule | 100 loads a day | 10,000 | 1,000,000 |")}
DELAYS = {row[0]: row[1:] for row in table("| rule | change | 100 loads a day | 10,000 | 1,000,000 |")}


@pytest.mark.parametrize(("body", "words"), EXAMPLES, ids=[words for _, words in EXAMPLES])
def test_every_example_is_a_rule_in_these_words(body, words) -> None:
    rule = AlertRequest.model_validate_json(body, strict=True).rule("acme", datetime.now(UTC))
    assert in_words(rule) == words


def test_every_metric_has_an_example() -> None:
    metrics = {AlertRequest.model_validate_json(body).metric for body, _ in EXAMPLES}
    assert metrics == set(METRICS)


def test_the_spans_are_the_servers() -> None:
    assert table("| span | judged every | bad ones in a row until it fires |") == [
        [span.name, simulation.in_words(span.step) if span.step < DAY else "day", str(span.times)] for span in SPANS
    ]


def test_the_tables_have_every_rule_and_say_that_quiet_traffic_fires_less_than_once_a_month() -> None:
    assert list(ALARMS) == list(simulation.RULES)
    assert list(DELAYS) == list(simulation.REGRESSIONS)
    assert all(float(cell) < 1 for cells in ALARMS.values() for cell in cells)
    assert {name: cells[0] for name, cells in DELAYS.items()} == {
        name: change for name, (change, _) in simulation.REGRESSIONS.items()
    }


@pytest.mark.parametrize("name", simulation.RULES)
def test_false_alarms_are_as_in_the_table(name) -> None:
    """Within what chance allows: four standard deviations of a Poisson count, and never one a month."""
    seeds = 1000  # other page views than the table's
    for place, loads in enumerate(simulation.TRAFFICS):
        months = REPEATS[loads]
        alarms = sum(simulation.false_alarms(name, loads, seeds + n) for n in range(months))
        expected = max(float(ALARMS[name][place]), 0.1) * months
        assert alarms <= expected + 4 * math.sqrt(expected), (loads, alarms)


@pytest.mark.parametrize("name", simulation.REGRESSIONS)
def test_delays_are_as_in_the_table(name) -> None:
    """The median of five other regressions is within a factor of three and an hour of the table's."""
    for place, loads in enumerate(simulation.TRAFFICS):
        cell = DELAYS[name][place + 1]
        delays = sorted(simulation.delay(name, loads, 1000 + n) or 2 * simulation.MONTH for n in range(5))
        expected = 2 * simulation.MONTH if cell == "over 60 days" else float(cell.split()[0]) * UNITS[cell.split()[1]]
        assert expected / 3 - HOUR <= delays[2] <= 3 * expected + HOUR, (loads, delays)
