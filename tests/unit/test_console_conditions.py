"""The console's alert rules: from the form to the API and back, and in one sentence."""

from __future__ import annotations

import pytest

from server.alerts.rule import METRICS, Rule
from web.console import conditions

START = conditions.new()


def test_every_metric_of_the_server_can_be_chosen() -> None:
    assert [each[0] for each in conditions.ALL] == list(METRICS)


@pytest.mark.parametrize("against", ["limit", "usual"])
@pytest.mark.parametrize("metric", METRICS)
def test_a_drafts_first_number_is_a_rule_of_the_server_and_comes_back(metric, against) -> None:
    draft = conditions.with_metric(START, metric, against) | {"emails": "maria@example.com; ada@example.com"}
    draft["code"] = "api_error" if metric == "code" else ""
    body = conditions.body_of(draft)
    rule = Rule(**body | {"account": "acme", "emails": tuple(body["emails"]), "widget": "w1"})
    assert rule.emails == ("maria@example.com", "ada@example.com")
    again = conditions.draft_of({**vars(rule), "emails": list(rule.emails)})
    assert conditions.body_of(again) == body | {"widget": "w1"}


def test_seconds_and_percent_become_milliseconds_and_fractions() -> None:
    assert conditions.body_of(START | {"number": " 2,5 "})["bound"] == 2500
    draft = conditions.with_metric(START, "error_share", "limit") | {"number": "0.5"}
    assert conditions.body_of(draft)["bound"] == 0.005


@pytest.mark.parametrize("field", ["number", "min_page_views"])
def test_a_number_that_is_none_gets_a_sentence(field) -> None:
    with pytest.raises(ValueError, match="must be a number, such as"):
        conditions.body_of(START | {field: "two"})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"widget": "w1"}, "Tell me when p75 of load time of w1 is above 2.5 s."),
        ({"metric": "silence", "against": ""}, "Tell me when any widget used to load and no longer does."),
        ({"metric": "weekly_report", "against": ""}, "Send me every Monday how the week of all widgets was."),
        (
            {"metric": "code", "code": "api_error", "number": "1"},
            "Tell me when the share of page views of any widget with API_ERROR is above 1%.",
        ),
        (
            {"metric": "coverage", "against": "usual", "number": "0.5"},
            "Tell me when the share of pages of any widget that are heard from is below 0.5 times the usual of these "
            "hours.",
        ),
    ],
)
def test_a_draft_is_one_sentence(changes, sentence) -> None:
    assert conditions.sentence(START | changes) == sentence
