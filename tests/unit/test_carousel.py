from __future__ import annotations

import pytest

from widget.carousel import Carousel
from widget.design import Design
from widget.testing import FakeBridge, FakePlace

PERIOD_MS = 6000


class Visit:
    """A carousel of eight slides, one visible at a time, on a page whose clock the test controls."""

    def __init__(self, count: int = 8, visible_count: int = 1, autoplay: int = 6, reduced_motion: bool = False) -> None:
        self.place = FakePlace(visible_count=visible_count)
        self.page = FakeBridge(reduced_motion=reduced_motion)
        self.uses = 0
        design = Design(layout="carousel", autoplay=autoplay)
        self.carousel = Carousel(self.place, self.page, design, count, self._use)
        self.carousel.start()

    def _use(self) -> None:
        self.uses += 1

    def wait(self) -> list[int]:
        """Lets one period pass, and returns the indexes that the row has scrolled to meanwhile."""
        before = len(self.place.scroll_targets)
        self.page.pass_ms(PERIOD_MS)
        return self.place.scroll_targets[before:]

    def current(self) -> str:
        return [selector for selector, name, value in self.place.attributes if name == "aria-current" and value][-1]


def test_arrows_go_forward_and_back_and_wrap_around():
    visit = Visit(count=3)
    for action in ("next", "next", "next", "prev", "prev"):
        visit.place.actions.fire(action, -1)

    assert visit.place.scroll_targets == [1, 2, 0, 2, 1]
    assert visit.uses == 5
    assert visit.current() == '.dot[data-index="1"]'


def test_a_dot_goes_to_its_slide():
    visit = Visit()
    visit.place.actions.fire("go", 5)

    assert visit.place.scroll_targets == [5]
    assert visit.current() == '.dot[data-index="5"]'
    assert (".place", "6 / 8") in visit.place.texts
    assert visit.uses == 1


@pytest.mark.parametrize(("key", "target"), [("Home", 0), ("End", 7), ("ArrowLeft", 2), ("ArrowRight", 4)])
def test_keys_move(key, target):
    visit = Visit()
    visit.place.actions.fire("go", 3)
    visit.place.keys.fire(key)

    assert visit.place.scroll_targets == [3, target]
    assert visit.uses == 2


def test_a_swipe_is_a_use_and_scrolling_by_the_carousel_is_not():
    visit = Visit()
    visit.place.actions.fire("next", -1)
    visit.place.scrolls.fire(1)  # the carousel's own scroll has stopped
    assert visit.uses == 1

    visit.place.scrolls.fire(4)
    assert visit.uses == 2
    assert visit.current() == '.dot[data-index="4"]'
    visit.place.scrolls.fire(4)
    assert visit.uses == 2


def test_other_actions_are_not_counted():
    visit = Visit()
    for action in ("more", "link", "expand", "retry", ""):
        visit.place.actions.fire(action, 0)

    assert visit.uses == 0
    assert visit.place.scroll_targets == []


def test_autoplay_wraps_around_and_is_not_counted():
    visit = Visit(count=3)

    assert visit.wait() + visit.wait() + visit.wait() == [1, 2, 0]
    visit.place.scrolls.fire(0)
    assert visit.uses == 0
    assert all(selector != ".said" for selector, _ in visit.place.texts)


def test_only_the_visitors_own_steps_are_announced_to_screen_readers():
    visit = Visit()
    visit.wait()
    visit.place.actions.fire("next", -1)

    announcements = [text for selector, text in visit.place.texts if selector == ".said"]
    assert announcements == ["Testimonial 3 of 8"]


def test_autoplay_waits_while_pointer_or_focus_is_inside():
    visit = Visit()
    visit.place.attention.fire(True)
    assert visit.wait() == []

    visit.place.attention.fire(False)
    assert visit.wait() == [1]


def test_autoplay_waits_while_the_page_is_hidden():
    visit = Visit()
    visit.page.hide()
    assert visit.wait() == []

    visit.page.show_again()
    assert visit.wait() == [1]


def test_only_the_pause_button_ends_a_pause():
    visit = Visit()
    visit.place.actions.fire("pause", -1)
    assert ("button.pause", "aria-pressed", "true") in visit.place.attributes
    for event in (
        lambda: visit.place.attention.fire(False),
        visit.page.show_again,
        lambda: visit.place.actions.fire("next", -1),
    ):
        event()
        assert visit.wait() == []

    visit.place.actions.fire("pause", -1)
    assert ("button.pause", "aria-pressed", "false") in visit.place.attributes
    assert visit.wait() == [2]
    assert visit.uses == 3


def test_autoplay_respects_reduced_motion():
    visit = Visit(reduced_motion=True)
    assert visit.wait() == []

    visit.page.reduced_motion = False
    assert visit.wait() == [1]
    visit.page.reduced_motion = True
    assert visit.wait() == []


def test_without_autoplay_there_is_no_timer():
    visit = Visit(autoplay=0)

    assert not visit.page.timers
    visit.place.actions.fire("pause", -1)
    visit.place.actions.fire("pause", -1)
    assert not visit.page.timers


def test_each_step_of_the_visitor_restarts_the_timer():
    visit = Visit()
    for event in (lambda: visit.place.actions.fire("next", -1), lambda: visit.place.scrolls.fire(5)):
        (before,) = visit.page.timers[PERIOD_MS]._callbacks
        event()
        (after,) = visit.page.timers[PERIOD_MS]._callbacks
        assert after is not before


def test_several_visible_slides_leave_fewer_positions():
    visit = Visit(count=8, visible_count=3)
    assert ('.dot[data-index="5"]', "hidden", "") not in visit.place.attributes
    assert ('.dot[data-index="6"]', "hidden", "") in visit.place.attributes
    assert ('.dot[data-index="7"]', "hidden", "") in visit.place.attributes

    visit.place.keys.fire("End")
    visit.place.actions.fire("next", -1)
    assert visit.place.scroll_targets == [5, 0]


def test_a_wider_place_hides_dots_and_a_narrower_place_shows_them_again():
    visit = Visit(count=4, visible_count=1)
    visit.place.keys.fire("End")
    visit.place.visible_count = 2
    visit.place.resizes.fire()
    assert visit.current() == '.dot[data-index="2"]'
    assert ('.dot[data-index="3"]', "hidden", "") in visit.place.attributes

    visit.place.visible_count = 1
    visit.place.resizes.fire()
    assert ('.dot[data-index="3"]', "hidden", None) in visit.place.attributes
    assert visit.uses == 1


def test_if_all_slides_are_visible_there_are_no_controls_and_no_autoplay():
    visit = Visit(count=3, visible_count=3)

    assert (".steer", "hidden", "") in visit.place.attributes
    assert visit.wait() == []

    visit.place.visible_count = 1
    visit.place.resizes.fire()
    assert visit.place.attributes.count((".steer", "hidden", None)) == 1
    assert visit.wait() == [1]


def test_one_testimonial_needs_no_carousel():
    visit = Visit(count=1)

    assert len(visit.place.actions) == 0
    visit.carousel.stop()


def test_stop_removes_all_listeners_and_timers():
    visit = Visit()
    visit.carousel.stop()

    place, page = visit.place, visit.page
    listeners = [place.actions, place.keys, place.scrolls, place.attention, place.resizes, page.hidden, page.shows]
    assert [len(each) for each in (*listeners, *page.timers.values())] == [0] * (len(listeners) + 1)
    assert visit.wait() == []


def test_stop_removes_the_timer_also_while_the_pointer_is_inside():
    visit = Visit()
    visit.place.attention.fire(True)
    visit.carousel.stop()
    visit.carousel.stop()

    assert len(visit.page.timers[PERIOD_MS]) == 0
