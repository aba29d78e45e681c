from __future__ import annotations

import pytest

from widget.controls import Controls
from widget.testing import FakePlace


@pytest.fixture
def place():
    return FakePlace()


@pytest.fixture
def uses():
    return []


@pytest.fixture
def controls(place, uses):
    controls = Controls(place, lambda: uses.append(1))
    controls.start()
    return controls


def test_read_more_opens_its_card_and_closes_it_again(controls, place, uses):
    place.actions.fire("more", 2)
    assert ('.card[data-index="2"]', "data-open", "") in place.attributes
    assert ('.card[data-index="2"] button.more', "aria-expanded", "true") in place.attributes
    assert place.texts[-1] == ('.card[data-index="2"] .more', "Read less")

    place.attributes.clear()
    place.actions.fire("more", 2)
    assert ('.card[data-index="2"]', "data-open", None) in place.attributes
    assert place.texts[-1] == ('.card[data-index="2"] .more', "Read more")
    assert len(uses) == 2


def test_show_all_removes_the_clamp(controls, place, uses):
    place.actions.fire("expand", -1)

    assert place.attributes == [(".tresta", "data-clamped", None)]
    assert len(uses) == 1


def test_the_marquee_pauses_and_goes_on(controls, place, uses):
    place.actions.fire("hold", -1)
    assert (".tresta", "data-paused", "") in place.attributes
    assert (".pause", "aria-pressed", "true") in place.attributes

    place.actions.fire("hold", -1)
    assert place.attributes[-2:] == [(".tresta", "data-paused", None), (".pause", "aria-pressed", "false")]
    assert len(uses) == 2


def test_a_link_counts_as_a_use_and_other_actions_do_not(controls, place, uses):
    place.actions.fire("link", -1)
    assert len(uses) == 1

    for other in ("prev", "next", "go", "pause", "retry", ""):
        place.actions.fire(other, 0)
    assert len(uses) == 1
    assert place.attributes == []


def test_after_stop_clicks_are_ignored(controls, place, uses):
    controls.stop()
    place.actions.fire("more", 0)

    assert len(place.actions) == 0
    assert uses == []
