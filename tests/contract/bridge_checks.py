"""What every Bridge does, its network aside."""

from __future__ import annotations

from widget.errors import ConfigError
from widget.page.bridge import PrivacySignals

from .checks import everywhere, raised
from .stand import HERE, NOWHERE, WIDGET, Stand


@everywhere
async def the_clock_moves_forward_by_the_time_slept(stand: Stand) -> None:
    before = stand.bridge.now_ms()
    await stand.bridge.sleep(30)
    passed = stand.bridge.now_ms() - before
    assert isinstance(passed, float) and 29 <= passed < 2000, passed


@everywhere
async def random_draws_from_0_to_below_1_anew_each_time(stand: Stand) -> None:
    draws = [stand.bridge.random() for _ in range(100)]
    assert all(isinstance(draw, float) and 0 <= draw < 1 for draw in draws)
    assert len(set(draws)) > 90
    assert min(draws) < 0.3 and max(draws) > 0.7


@everywhere
async def privacy_signals_are_as_the_browser_says_them_now(stand: Stand) -> None:
    stand.signal("1", True)
    signals = stand.bridge.privacy_signals()
    assert "1" in signals.do_not_track and signals.global_privacy_control is True
    stand.signal("unspecified", False)
    signals = stand.bridge.privacy_signals()
    assert "1" not in signals.do_not_track and "unspecified" in signals.do_not_track
    assert signals.global_privacy_control is False


@everywhere
async def a_browser_that_says_nothing_gives_no_signal(stand: Stand) -> None:
    stand.signal(None, None)
    signals = stand.bridge.privacy_signals()
    assert isinstance(signals, PrivacySignals)
    assert set(signals.do_not_track) <= {None} and signals.global_privacy_control is None, signals


@everywhere
async def telemetry_attributes_are_read_anew(stand: Stand) -> None:
    stand.place()
    assert stand.bridge.telemetry_attributes(WIDGET) == []
    for value in ("false", "", "on"):
        stand.write_telemetry(value)
        assert stand.bridge.telemetry_attributes(WIDGET) == [value]
    assert stand.bridge.telemetry_attributes("another") == []
    stand.write_telemetry(None)
    assert stand.bridge.telemetry_attributes(WIDGET) == []


@everywhere
async def idle_comes_once_and_can_be_cancelled(stand: Stand) -> None:
    came: list[str] = []
    stand.bridge.on_idle(lambda: came.append("cancelled"))()
    cancel = stand.bridge.on_idle(lambda: came.append("idle"))
    await stand.until(lambda: came)
    cancel()
    stand.bridge.on_idle(lambda: came.append("later"))
    await stand.until(lambda: "later" in came)
    assert came == ["idle", "later"]


@everywhere
async def hidden_is_each_time_the_page_is_hidden_or_left(stand: Stand) -> None:
    came: list[str] = []
    cancel = stand.bridge.on_hidden(lambda: came.append("hidden"))
    stand.hide()
    assert came == ["hidden"] and not stand.bridge.is_visible()
    stand.show_again()
    assert came == ["hidden"] and stand.bridge.is_visible()
    stand.hide()
    assert came == ["hidden"] * 2
    stand.show_again()
    stand.leave()
    assert came == ["hidden"] * 3
    cancel()
    stand.hide()
    stand.leave()
    assert came == ["hidden"] * 3


@everywhere
async def visible_is_each_time_the_page_is_seen_again(stand: Stand) -> None:
    came: list[str] = []
    cancel = stand.bridge.on_visible(lambda: came.append("visible"))
    stand.hide()
    assert came == []
    stand.show_again()
    assert came == ["visible"]
    stand.leave()
    stand.come_back()
    assert came == ["visible"] * 2
    cancel()
    stand.hide()
    stand.show_again()
    stand.come_back()
    assert came == ["visible"] * 2


@everywhere
async def a_timer_goes_on_until_it_is_cancelled(stand: Stand) -> None:
    came: list[str] = []
    cancel = stand.bridge.every(20, lambda: came.append("a"))
    cancel_other = stand.bridge.every(20, lambda: came.append("b"))
    await stand.until(lambda: came.count("a") >= 2)
    cancel()
    cancel()  # a second time does nothing
    count = len(came)
    await stand.until(lambda: len(came) >= count + 3)
    cancel_other()
    assert set(came[count:]) == {"b"}


@everywhere
async def a_timer_can_cancel_itself(stand: Stand) -> None:
    came: list[str] = []

    def once() -> None:
        cancel()
        came.append("once")

    cancel = stand.bridge.every(10, once)
    cancel_other = stand.bridge.every(10, lambda: came.append("other"))
    await stand.until(lambda: came.count("other") >= 3)
    cancel_other()
    assert came.count("once") == 1


@everywhere
async def the_wish_for_less_motion_is_read_anew(stand: Stand) -> None:
    for less in (True, False):
        stand.prefer_less_motion(less)
        assert stand.bridge.prefers_reduced_motion() is less


@everywhere
async def painted_is_true_for_a_page_in_view(stand: Stand) -> None:
    assert await stand.bridge.painted() is True


@everywhere
async def painted_is_false_for_a_hidden_page(stand: Stand) -> None:
    stand.hide()
    assert await stand.bridge.painted() is False


@everywhere
async def background_work_runs_and_can_be_awaited(stand: Stand) -> None:
    steps: list[str] = []

    async def work() -> None:
        steps.append("begun")
        await stand.bridge.sleep(5)
        steps.append("done")

    running = stand.bridge.spawn(work())
    assert steps == []  # it does not run in the caller's time
    await stand.until(lambda: len(steps) == 2)
    await running


@everywhere
async def background_work_that_fails_is_a_debug_line(stand: Stand) -> None:
    assert stand.debugged() == []

    async def work() -> None:
        raise ValueError("a bug of ours")

    running = stand.bridge.spawn(work())
    await stand.until(stand.debugged)
    assert await running is None
    assert [line.splitlines()[0] for line in stand.debugged()] == ["ValueError: a bug of ours"]


@everywhere
async def callbacks_that_raise_are_debug_lines_and_keep_nobody_from_theirs(stand: Stand) -> None:
    assert stand.debugged() == []
    came: list[str] = []

    def fail() -> None:
        raise ValueError("a bug of ours")

    cancels = [
        ask(each)
        for ask in (stand.bridge.on_hidden, stand.bridge.on_visible, stand.bridge.on_idle)
        for each in (fail, lambda: came.append("called"))
    ]
    stand.hide()
    stand.show_again()
    await stand.until(lambda: len(came) == 3)
    for cancel in cancels:
        cancel()
    cancel = stand.bridge.every(5, fail)
    await stand.until(lambda: len(stand.debugged()) >= 5)
    cancel()
    assert {line.splitlines()[0] for line in stand.debugged()} == {"ValueError: a bug of ours"}


@everywhere
async def a_place_is_found_by_its_selector_or_is_a_config_error(stand: Stand) -> None:
    assert stand.bridge.place(HERE, WIDGET)
    error = await raised(lambda: stand.bridge.place(NOWHERE, WIDGET))
    assert isinstance(error, ConfigError) and NOWHERE in str(error), error
    for wrong in ("", "###", None, 7, {}):
        error = await raised(lambda wrong=wrong: stand.bridge.place(wrong, WIDGET))
        assert isinstance(error, ConfigError), (wrong, error)


@everywhere
async def what_widgets_share_belongs_to_the_page(stand: Stand) -> None:
    assert stand.bridge.shared == {}
    stand.bridge.shared["outbox"] = 1
    assert stand.bridge.shared["outbox"] == 1
