"""Checks of every Bridge, except for the network."""

from __future__ import annotations

from string import ascii_letters, digits
from typing import Any

from widget.errors import ConfigError
from widget.page.bridge import PrivacySignals

from .checks import everywhere, exception_of
from .harness import HERE, NOWHERE, WIDGET, Harness


@everywhere
async def the_clock_moves_forward_by_the_time_slept(harness: Harness) -> None:
    before = harness.bridge.now_ms()
    await harness.bridge.sleep(30)
    passed = harness.bridge.now_ms() - before
    assert isinstance(passed, float) and 29 <= passed < 2000, passed


@everywhere
async def random_gives_a_new_number_from_0_to_below_1(harness: Harness) -> None:
    draws = [harness.bridge.random() for _ in range(100)]
    assert all(isinstance(draw, float) and 0 <= draw < 1 for draw in draws)
    assert len(set(draws)) > 90
    assert min(draws) < 0.3 and max(draws) > 0.7


@everywhere
async def the_time_zone_is_a_name_of_the_tz_database(harness: Harness) -> None:
    zone = harness.bridge.time_zone()
    assert isinstance(zone, str) and zone and set(zone) <= set(ascii_letters + digits + "_+-/"), zone


@everywhere
async def privacy_signals_are_the_browsers_current_values(harness: Harness) -> None:
    harness.signal("1", True)
    signals = harness.bridge.privacy_signals()
    assert "1" in signals.do_not_track and signals.global_privacy_control is True
    harness.signal("unspecified", False)
    signals = harness.bridge.privacy_signals()
    assert "1" not in signals.do_not_track and "unspecified" in signals.do_not_track
    assert signals.global_privacy_control is False


@everywhere
async def a_browser_without_settings_gives_no_signal(harness: Harness) -> None:
    harness.signal(None, None)
    signals = harness.bridge.privacy_signals()
    assert isinstance(signals, PrivacySignals)
    assert set(signals.do_not_track) <= {None} and signals.global_privacy_control is None, signals


@everywhere
async def telemetry_attributes_are_read_at_each_call(harness: Harness) -> None:
    harness.place()
    assert harness.bridge.telemetry_attributes(WIDGET) == []
    for value in ("false", "", "on"):
        harness.write_telemetry(value)
        assert harness.bridge.telemetry_attributes(WIDGET) == [value]
    assert harness.bridge.telemetry_attributes("another") == []
    harness.write_telemetry(None)
    assert harness.bridge.telemetry_attributes(WIDGET) == []


@everywhere
async def an_idle_callback_runs_once_and_can_be_cancelled(harness: Harness) -> None:
    calls: list[str] = []
    harness.bridge.on_idle(lambda: calls.append("cancelled"))()
    cancel = harness.bridge.on_idle(lambda: calls.append("idle"))
    await harness.until(lambda: calls)
    cancel()
    harness.bridge.on_idle(lambda: calls.append("later"))
    await harness.until(lambda: "later" in calls)
    assert calls == ["idle", "later"]


@everywhere
async def on_hidden_fires_each_time_the_page_is_hidden_or_left(harness: Harness) -> None:
    calls: list[str] = []
    cancel = harness.bridge.on_hidden(lambda: calls.append("hidden"))
    harness.hide()
    assert calls == ["hidden"] and not harness.bridge.is_visible()
    harness.show_again()
    assert calls == ["hidden"] and harness.bridge.is_visible()
    harness.hide()
    assert calls == ["hidden"] * 2
    harness.show_again()
    harness.leave()
    assert calls == ["hidden"] * 3
    cancel()
    harness.hide()
    harness.leave()
    assert calls == ["hidden"] * 3


@everywhere
async def wait_for_paint_is_true_in_a_visible_page(harness: Harness) -> None:
    assert await harness.bridge.wait_for_paint() is True


@everywhere
async def wait_for_paint_is_false_in_a_hidden_page(harness: Harness) -> None:
    harness.hide()
    assert await harness.bridge.wait_for_paint() is False


@everywhere
async def background_work_runs_and_can_be_awaited(harness: Harness) -> None:
    steps: list[str] = []

    async def work() -> None:
        steps.append("start")
        await harness.bridge.sleep(5)
        steps.append("end")

    running = harness.bridge.spawn(work())
    assert steps == []  # it does not run within the caller
    await harness.until(lambda: len(steps) == 2)
    await running


@everywhere
async def an_exception_of_background_work_is_a_debug_line(harness: Harness) -> None:
    assert harness.debug_lines() == []

    async def work() -> None:
        raise ValueError("a bug in the package")

    running = harness.bridge.spawn(work())
    await harness.until(harness.debug_lines)
    assert await exception_of(running) is None
    assert [line.splitlines()[0] for line in harness.debug_lines()] == ["ValueError: a bug in the package"]


@everywhere
async def an_exception_of_a_callback_is_a_debug_line_and_other_callbacks_run(harness: Harness) -> None:
    assert harness.debug_lines() == []
    calls: list[str] = []

    def fail() -> None:
        raise ValueError("a bug in the package")

    cancels = [
        register(callback)
        for register in (harness.bridge.on_hidden, harness.bridge.on_idle)
        for callback in (fail, lambda: calls.append("called"))
    ]
    harness.hide()
    await harness.until(lambda: len(calls) == 2)
    for cancel in cancels:
        cancel()
    assert [line.splitlines()[0] for line in harness.debug_lines()] == ["ValueError: a bug in the package"] * 2


@everywhere
async def an_unknown_place_is_a_config_error(harness: Harness) -> None:
    assert harness.bridge.place(HERE, WIDGET)
    error = await exception_of(lambda: harness.bridge.place(NOWHERE, WIDGET))
    assert isinstance(error, ConfigError) and NOWHERE in str(error), error
    values: tuple[Any, ...] = ("", "###", None, 7, {})
    for wrong in values:
        error = await exception_of(lambda wrong=wrong: harness.bridge.place(wrong, WIDGET))
        assert isinstance(error, ConfigError), (wrong, error)


@everywhere
async def shared_data_belongs_to_the_page(harness: Harness) -> None:
    assert harness.bridge.shared == {}
    harness.bridge.shared["outbox"] = 1
    assert harness.bridge.shared["outbox"] == 1
