"""The console's experiments: from the form to the API's body, and in words."""

from __future__ import annotations

import pytest

from server.experiments.experiment import FIGURES, parse_variants
from web.console import experiments
from widget.design import CARDS, THEMES
from widget.telemetry.schema import LAYOUTS

NOW = 1_795_000_000.0


def test_the_form_offers_every_figure_and_every_choice_of_its_menus() -> None:
    assert tuple(name for name, _, _ in experiments.FIGURES) == FIGURES
    assert [values for _, _, values in experiments.MENUS] == [LAYOUTS, CARDS, THEMES]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_new_draft_has_shares_that_the_server_takes(count: int) -> None:
    draft = experiments.with_variants(experiments.new("w1"), count)
    for number, variant in enumerate(draft["variants"]):
        variant["more"] = f"max={number + 1}, show-date=false"
    body = experiments.body_of(draft, NOW)
    variants = parse_variants([(variant["share"], variant["design"]) for variant in body["variants"]])
    assert dict(variants[0].design) == {"max": 1, "show_date": False}
    assert (body["widget"], body["starts_at"]) == ("w1", None)


def test_an_experiment_lasts_its_days_from_its_first_day_or_from_now() -> None:
    draft = experiments.new("w1") | {"days": "7"}
    assert experiments.body_of(draft, 0)["ends_at"] == "1970-01-08T00:00:00Z"
    later = experiments.body_of(draft | {"starts": "2026-12-01"}, 0)
    assert (later["starts_at"], later["ends_at"]) == ("2026-12-01T00:00:00Z", "2026-12-08T00:00:00Z")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"days": "soon"}, "The number of days must be a number"), ({"change": ""}, "The change must be a number")],
)
def test_a_text_that_is_no_number_gets_a_sentence(changes, sentence) -> None:
    draft = experiments.new("w1") | changes
    with pytest.raises(ValueError, match=sentence):
        experiments.body_of(draft, NOW)
        experiments.change_of(draft)


def test_other_options_without_a_value_get_a_sentence() -> None:
    with pytest.raises(ValueError, match="written as max=6"):
        experiments.design_of({"layout": "", "card": "", "theme": "", "more": "autoplay"})


def test_designs_and_differences_in_words() -> None:
    assert experiments.words({}) == "as it is now"
    assert experiments.words({"show_date": False, "layout": "list"}) == "layout list, show date off"
    figure = {"value": 0.14, "difference": 0.04, "low": -0.012, "high": 0.0001}
    assert experiments.difference(figure, "fraction") == "+4.0 points, \u22121.2 to 0.0"
    assert experiments.difference(figure | {"difference": -12, "low": None}, "ms") == "\u221212 ms, unknown to 0"
    assert experiments.difference(figure | {"difference": None}, "ms") == ""
