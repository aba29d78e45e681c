"""Checks of the browser's bridge in unusual pages, and of its silence."""

from __future__ import annotations

from typing import Any

from widget import TelemetryTracker, mount
from widget.errors import ConfigError

from .checks import exception_of, in_a_page
from .harness import HERE, WIDGET
from .place_checks import CONTROLS, RECEIPT

MOUNTS = 50


@in_a_page
async def the_test_page_records_errors_and_counts_resources(harness: Any) -> None:
    harness.visitor.provoke()
    await harness.visitor.calm()
    kinds = [line.split(":")[0] for line in harness.visitor.noise]
    assert kinds == ["info", "uncaught", "unhandled rejection"], list(harness.visitor.noise)
    harness.visitor.forget()
    before = harness.visitor.resource_count()
    place = harness.place()
    place.show(CONTROLS, "")
    cancels = [
        harness.bridge.on_hidden(print),
        place.on_action("retry", print),
        place.control(print),
        harness.bridge.on_idle(print),
    ]
    assert harness.visitor.resource_count() == before + 5 + 3  # proxies, and their own listeners
    for cancel in cancels:
        cancel()
    assert harness.visitor.resource_count() == before


@in_a_page
async def signals_are_plain_values_also_if_the_page_overrides_them(harness: Any) -> None:
    for setting, plain in (("null", None), ("undefined", None), ("object", None), ("yes", "yes"), (True, True)):
        for name in ("doNotTrack", "globalPrivacyControl"):
            harness.visitor.signal(name, setting)
        signals = harness.bridge.privacy_signals()
        assert signals.do_not_track[0] is plain or signals.do_not_track[0] == plain, (setting, signals)
        assert signals.global_privacy_control is plain or signals.global_privacy_control == plain, (setting, signals)
        assert all(type(value) in (str, bool, type(None)) for value in signals.do_not_track), (setting, signals)


@in_a_page
async def each_element_of_a_widget_applies_once(harness: Any) -> None:
    tag = harness.visitor.put("script", "", type="text/none", data_telemetry="no")
    by_id = harness.visitor.put("div", "", id="tresta-widget-w1", data_telemetry="on")
    by_attribute = harness.visitor.put("div", "", data_widget_id=WIDGET, data_telemetry="1")
    harness.visitor.put("div", "", data_widget_id="w11", data_telemetry="another's")
    harness.write_telemetry("off")
    for _ in range(2):  # a second mount does not add its elements again
        harness.bridge.place(HERE, WIDGET, [tag, by_id])
    assert sorted(harness.bridge.telemetry_attributes(WIDGET)) == ["no", "off", "on"]
    harness.bridge.search_page()
    assert sorted(harness.bridge.telemetry_attributes(WIDGET)) == ["1", "no", "off", "on"]
    for element in (tag, by_id, by_attribute, harness.visitor.here()):
        element.remove()
    harness.bridge.search_page()
    # A tag manager may remove its tag, but the attribute of an owner still applies.
    assert sorted(harness.bridge.telemetry_attributes(WIDGET)) == ["no", "off", "on"]
    tag.setAttribute("data-telemetry", "yes")
    assert "yes" in harness.bridge.telemetry_attributes(WIDGET)


@in_a_page
async def of_the_places_that_the_page_has_removed_one_for_each_value_applies(harness: Any) -> None:
    for value in ("off", "off", "on", "off", None):
        attributes = {} if value is None else {"data_telemetry": value}
        element = harness.visitor.put("div", "", **attributes)
        tag = harness.visitor.put("script", "", type="text/none", **attributes)
        place = harness.bridge.place(element, WIDGET, [tag])
        element.remove()
        tag.remove()
        place.remove()
    assert sorted(harness.bridge.telemetry_attributes(WIDGET)) == ["off", "on"]


@in_a_page
async def a_page_that_cannot_be_searched_refuses(harness: Any) -> None:
    harness.place()
    tracker = TelemetryTracker(WIDGET, "1.0.0", {"samplingRate": 1}, bridge=harness.bridge)
    assert tracker.is_enabled()
    harness.visitor.break_searches()
    assert not tracker.is_enabled()
    assert tracker.get_telemetry_data()["refused_by"] == "unreadable"
    harness.visitor.restore()
    assert tracker.is_enabled()


@in_a_page
async def the_browser_opens_the_receipt_and_a_focus_in_it_stays_in_it(harness: Any) -> None:
    place = harness.place()
    place.show(RECEIPT, "")
    harness.use("receipt")
    assert place.is_receipt_open()
    place.show_receipt("<div><button data-action=stop>Stop</button></div>")
    harness.visitor.find("[data-action=stop]").focus()
    place.show_receipt("<div><p tabindex=-1>Stopped</p></div>")
    assert harness.visitor.root().activeElement.textContent == "Stopped"
    harness.use("receipt")
    assert not place.is_receipt_open()


@in_a_page
async def a_receipt_that_closes_gives_a_focus_in_it_to_its_button_until_the_cancel(harness: Any) -> None:
    place = harness.place()
    place.show(RECEIPT, "")
    cancel = place.return_focus()
    sheet, mark = harness.visitor.find(".sheet"), harness.visitor.find(".mark")
    place.show_receipt("<div><button class=inside>Stop</button></div>")
    for close in (sheet.hidePopover, lambda: harness.use("receipt")):
        harness.use("receipt")
        harness.visitor.find(".inside").focus()
        close()
        assert harness.visitor.root().activeElement == mark
    cancel()
    outside = harness.visitor.put("button")
    again = place.return_focus()
    harness.use("receipt")
    outside.focus()
    sheet.hidePopover()
    assert harness.visitor.root().activeElement != mark  # the visitor has gone elsewhere
    again()


@in_a_page
async def what_the_loader_sent_is_read_and_a_stop_freezes_it(harness: Any) -> None:
    import js

    assert harness.bridge.sent_by_loader() == []  # a page without a loader
    harness.bridge.stop_loader()
    sent = js.JSON.parse('["a batch"]')
    harness.bridge.use_loader(None, None, sent)
    assert harness.bridge.sent_by_loader() == ["a batch"]
    assert not js.Object.isFrozen(sent)
    harness.bridge.stop_loader()
    assert js.Object.isFrozen(sent)


@in_a_page
async def wait_for_paint_is_false_if_the_page_is_hidden_before_the_frame(harness: Any) -> None:
    answers: list[bool] = []

    async def wait() -> None:
        answers.append(await harness.bridge.wait_for_paint())

    harness.visitor.hold_frames()
    work = harness.bridge.spawn(wait())
    await harness.until(harness.visitor.waiting_frames)
    harness.hide()
    await harness.until(lambda: answers)
    await work
    assert answers == [False]


@in_a_page
async def wait_for_paint_waits_for_the_frame(harness: Any) -> None:
    answers: list[bool] = []

    async def wait() -> None:
        answers.append(await harness.bridge.wait_for_paint())

    harness.visitor.hold_frames()
    work = harness.bridge.spawn(wait())
    await harness.until(harness.visitor.waiting_frames)
    assert answers == []
    harness.visitor.draw()
    await work
    assert answers == [True]


@in_a_page
async def a_place_that_cannot_hold_a_widget_is_a_config_error(harness: Any) -> None:
    picture = harness.visitor.put("img", "", id="picture")
    for target in ("#picture", picture, "main > img"):
        error = await exception_of(lambda target=target: harness.bridge.place(target, WIDGET))
        assert isinstance(error, ConfigError) and "<img>" in str(error), (target, error)
    for target in (harness.visitor, picture.ownerDocument):
        assert isinstance(await exception_of(lambda target=target: harness.bridge.place(target, WIDGET)), ConfigError)
    assert harness.bridge.place(harness.visitor.here(), WIDGET)


@in_a_page
async def debug_is_silent_unless_the_owner_asks(harness: Any) -> None:
    async def fail() -> None:
        raise ValueError("a bug in the package")

    def fail_at_once(*_: object) -> None:
        raise ValueError("a bug in the package")

    await harness.bridge.spawn(fail())
    place = harness.place()
    place.show(CONTROLS, "")
    cancels = [
        harness.bridge.on_hidden(fail_at_once),
        place.on_action("retry", fail_at_once),
        place.control(fail_at_once),
    ]
    harness.bridge.on_idle(fail_at_once)
    harness.hide()
    harness.use("more")
    harness.use("retry")
    harness.bridge.debug("silent")
    for debug in ("false", "", "TRUE"):
        harness.visitor.put("div", "", data_widget_id=WIDGET, data_debug=debug)
        harness.bridge.debug("silent")
    harness.visitor.put("div", "", data_debug="true")  # the host page's own attribute
    harness.bridge.debug("silent")
    await harness.bridge.sleep(50)
    for cancel in cancels:
        cancel()
    assert harness.visitor.noise.length == 0, list(harness.visitor.noise)
    harness.debug_lines()
    harness.bridge.debug("printed")
    assert harness.debug_lines() == ["printed"]


@in_a_page
async def fifty_mounts_leave_nothing_behind(harness: Any) -> None:
    async def once() -> None:
        here = harness.visitor.put("div", "", id="mounted")
        widget = mount("#mounted", bridge=harness.bridge, widget_id=WIDGET, api_url=harness.url("")[:-1])
        state = await widget.ready()
        assert (state["status"], state["layout"]) == ("ready", "carousel"), state
        widget.unmount()
        here.remove()

    on_hidden = harness.bridge.on_hidden  # the page's outbox listens as long as the page lives; here until the end
    cancels: list[Any] = []

    def record(callback: Any) -> Any:
        cancels.append(on_hidden(callback))
        return cancels[-1]

    harness.bridge.on_hidden = record
    await once()
    await harness.bridge.sleep(100)
    before = harness.visitor.resource_count()
    for _ in range(MOUNTS):
        await once()
    await harness.until(lambda: harness.visitor.resource_count() <= before)
    for cancel in cancels:
        cancel()
