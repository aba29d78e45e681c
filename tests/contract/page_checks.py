"""What the browser's bridge does besides: with the odd things that a page can hold, and in silence."""

from __future__ import annotations

from typing import Any

from widget import TelemetryTracker, mount
from widget.errors import ConfigError

from .checks import in_a_page, raised
from .place_checks import ROW, ROW_CSS
from .stand import HERE, WIDGET

MOUNTS = 50


@in_a_page
async def the_page_of_these_checks_hears_and_counts(stand: Any) -> None:
    stand.visitor.provoke()
    await stand.visitor.calm()
    heard = [line.split(":")[0] for line in stand.visitor.noise]
    assert heard == ["info", "uncaught", "unhandled rejection"], list(stand.visitor.noise)
    stand.visitor.forget()
    held = stand.visitor.held()
    cancels = [
        stand.bridge.on_hidden(print),
        stand.bridge.every(60_000, print),
        stand.place().on_resize(print),
        stand.bridge.on_idle(print),
    ]
    assert stand.visitor.held() == held + 4 + 2 + 2 + 1  # proxies, and what they are registered with
    for cancel in cancels:
        cancel()
    assert stand.visitor.held() == held


@in_a_page
async def signals_are_plain_values_whatever_the_page_puts_there(stand: Any) -> None:
    for said, plain in (("null", None), ("undefined", None), ("object", None), ("yes", "yes"), (True, True)):
        for name in ("doNotTrack", "globalPrivacyControl"):
            stand.visitor.signal(name, said)
        signals = stand.bridge.privacy_signals()
        assert signals.do_not_track[0] is plain or signals.do_not_track[0] == plain, (said, signals)
        assert signals.global_privacy_control is plain or signals.global_privacy_control == plain, (said, signals)
        assert all(type(value) in (str, bool, type(None)) for value in signals.do_not_track), (said, signals)


@in_a_page
async def everything_that_belongs_to_a_widget_speaks_once(stand: Any) -> None:
    tag = stand.visitor.put("script", "", type="text/none", data_telemetry="no")
    by_id = stand.visitor.put("div", "", id="tresta-widget-w1", data_telemetry="on")
    by_attribute = stand.visitor.put("div", "", data_widget_id=WIDGET, data_telemetry="1")
    stand.visitor.put("div", "", data_widget_id="w11", data_telemetry="another's")
    stand.write_telemetry("off")
    for _ in range(2):  # mounted again, it has no second voice
        stand.bridge.place(HERE, WIDGET, [tag, by_id])
    assert sorted(stand.bridge.telemetry_attributes(WIDGET)) == ["no", "off", "on"]
    stand.bridge.look_around()
    assert sorted(stand.bridge.telemetry_attributes(WIDGET)) == ["1", "no", "off", "on"]
    for element in (tag, by_id, by_attribute, stand.visitor.here()):
        element.remove()
    stand.bridge.look_around()
    # A tag manager may take its tag away again: what was handed over as an owner goes on speaking.
    assert sorted(stand.bridge.telemetry_attributes(WIDGET)) == ["no", "off", "on"]
    tag.setAttribute("data-telemetry", "yes")
    assert "yes" in stand.bridge.telemetry_attributes(WIDGET)


@in_a_page
async def a_page_that_cannot_be_searched_is_no_page_that_agrees(stand: Any) -> None:
    stand.place()
    tracker = TelemetryTracker(WIDGET, "1.0.0", {"samplingRate": 1}, bridge=stand.bridge)
    assert tracker.is_enabled()
    stand.visitor.break_searches()
    assert not tracker.is_enabled()
    assert tracker.get_telemetry_data()["refused_by"] == "unreadable"
    stand.visitor.mend()
    assert tracker.is_enabled()


@in_a_page
async def painted_is_false_when_the_page_is_hidden_before_the_frame(stand: Any) -> None:
    answers: list[bool] = []

    async def ask() -> None:
        answers.append(await stand.bridge.painted())

    stand.visitor.hold_frames()
    work = stand.bridge.spawn(ask())
    await stand.until(stand.visitor.held_frames)
    stand.hide()
    await stand.until(lambda: answers)
    await work
    assert answers == [False]


@in_a_page
async def painted_waits_for_the_frame(stand: Any) -> None:
    answers: list[bool] = []

    async def ask() -> None:
        answers.append(await stand.bridge.painted())

    stand.visitor.hold_frames()
    work = stand.bridge.spawn(ask())
    await stand.until(stand.visitor.held_frames)
    assert answers == []
    stand.visitor.draw()
    await work
    assert answers == [True]


@in_a_page
async def a_place_that_cannot_hold_a_widget_is_a_config_error(stand: Any) -> None:
    picture = stand.visitor.put("img", "", id="picture")
    for target in ("#picture", picture, "main > img"):
        error = await raised(lambda target=target: stand.bridge.place(target, WIDGET))
        assert isinstance(error, ConfigError) and "<img>" in str(error), (target, error)
    for target in (stand.visitor, picture.ownerDocument):
        assert isinstance(await raised(lambda target=target: stand.bridge.place(target, WIDGET)), ConfigError)
    assert stand.bridge.place(stand.visitor.here(), WIDGET)


@in_a_page
async def debug_is_silent_unless_the_owner_asks(stand: Any) -> None:
    async def fail() -> None:
        raise ValueError("a bug of ours")

    def burst(*_: object) -> None:
        raise ValueError("a bug of ours")

    await stand.bridge.spawn(fail())
    place = stand.place()
    place.show(ROW, ROW_CSS)
    cancels = [stand.bridge.on_hidden(burst), place.on_action(burst), stand.bridge.every(1, burst)]
    stand.bridge.on_idle(burst)
    stand.hide()
    stand.click("next", -1)
    stand.bridge.debug("unheard")
    for debug in ("false", "", "TRUE"):
        stand.visitor.put("div", "", data_widget_id=WIDGET, data_debug=debug)
        stand.bridge.debug("unheard")
    stand.visitor.put("div", "", data_debug="true")  # the host's own, not ours
    stand.bridge.debug("unheard")
    await stand.bridge.sleep(50)
    for cancel in cancels:
        cancel()
    assert stand.visitor.noise.length == 0, list(stand.visitor.noise)
    stand.debugged()
    stand.bridge.debug("heard")
    assert stand.debugged() == ["heard"]


@in_a_page
async def fifty_mounts_leave_nothing_behind(stand: Any) -> None:
    async def once() -> None:
        here = stand.visitor.put("div", "", id="mounted")
        widget = mount("#mounted", bridge=stand.bridge, widget_id=WIDGET, api_url=stand.url("")[:-1])
        state = await widget.ready()
        assert (state["status"], state["layout"]) == ("ready", "carousel"), state
        widget.unmount()
        here.remove()

    release = stand.bridge.on_hidden  # the outbox of a page listens for its whole life; here for the check's
    cancels: list[Any] = []
    stand.bridge.on_hidden = lambda callback: cancels.append(release(callback)) or cancels[-1]
    await once()
    await stand.bridge.sleep(100)
    held = stand.visitor.held()
    for _ in range(MOUNTS):
        await once()
    await stand.until(lambda: stand.visitor.held() <= held)
    for cancel in cancels:
        cancel()
