"""The receipt in real browsers, from the tag to the server: what was sent, and the off switch."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser import visits
from tests.browser.servers import Answer

HIDDEN = """state => {
  Object.defineProperty(document, 'visibilityState', {value: state, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""
LINES = ".sheet .lines"


def telemetry(receipt="bottom", mode="opt-in", rate=1.0):
    return {"mode": mode, "rate": rate, "receipt": receipt}


@pytest.fixture
def widget(origins):
    """`widget(telemetry(...))`: a widget of an account with this setting, served with the server's drawing."""

    def make(setting, layout="grid"):
        name = f"r-{setting['receipt']}-{setting['rate']:g}-{layout}".replace(".", "_")
        return origins.add_widget(name, {**visits.content(layout=layout), "telemetry": setting}, account=f"of-{name}")

    return make


@pytest.fixture
def recorded(origins, faulty_api):
    """`recorded(widget)`: its tag, with the real server's answer from an API that records what it receives."""

    def make(widget):
        faulty_api.answers(widget, Answer(origins.content(widget)))
        return origins.tag(widget, api_url=faulty_api.url)

    return make


def open_receipt(page, widget):
    page.locator(f"#tresta-widget-{widget} .mark").click()
    lines = page.locator(f"#tresta-widget-{widget} {LINES}")
    lines.wait_for()
    return lines


def bodies(faulty_api):
    return [batch.body.decode() for batch in visits.batches(faulty_api)]


def test_the_receipt_shows_the_bytes_that_the_server_received_and_its_off_switch_holds(
    page, site, faulty_api, widget, recorded, record
):
    name = widget(telemetry())
    page.goto(site.page(recorded(name)))
    visits.wait_until_shown(page, name)
    visits.until(lambda: len(bodies(faulty_api)) == 1, "the load")
    lines = open_receipt(page, name)
    assert lines.locator(".bytes").all_inner_texts() == bodies(faulty_api)
    assert page.locator(f"#tresta-widget-{name} .mark").get_attribute("data-action") == "receipt"

    visits.track(page, name, "WAITING")
    lines.locator("[data-action=stop]").click()
    stopped = page.locator(f"#tresta-widget-{name} .sheet [role=status]")
    assert "Stopped." in stopped.inner_text()
    assert stopped.evaluate("(line) => line.getRootNode().activeElement === line")
    assert page.evaluate("name => new Tresta.TelemetryTracker(name, '1.0.0').isEnabled()", name) is False
    visits.track(page, name, "LATER")
    page.evaluate(HIDDEN, "hidden")
    page.evaluate(HIDDEN, "visible")
    visits.leave(page, site, faulty_api)
    assert len(bodies(faulty_api)) == 1
    assert record.errors == []


def test_a_widget_that_comes_after_the_off_switch_is_not_counted_by_the_loader_either(
    page, site, faulty_api, widget, recorded, record
):
    first, later = widget(telemetry()), widget(telemetry(), layout="list")
    tag = recorded(later)
    page.goto(site.page(recorded(first)))
    visits.wait_until_shown(page, first)
    visits.until(lambda: len(bodies(faulty_api)) == 1, "the load")
    open_receipt(page, first).locator("[data-action=stop]").click()
    page.evaluate(
        """html => {
          const tag = Object.assign(document.createElement("template"), { innerHTML: html }).content.firstChild;
          const script = document.createElement("script");
          for (const { name, value } of tag.attributes) script.setAttribute(name, value);
          document.body.append(script);
        }""",
        tag,
    )
    page.locator(f"#tresta-widget-{later} .card").first.wait_for()
    page.evaluate(HIDDEN, "hidden")
    visits.leave(page, site, faulty_api)
    assert len(bodies(faulty_api)) == 1
    assert record.errors == []


def test_opening_it_starts_python_and_counts_nothing_outside_the_sample(
    page, site, faulty_api, widget, recorded, record
):
    visits.script_draws(page, 0.5)
    name = widget(telemetry("top", "sampled", 0.05), layout="carousel")
    page.goto(site.page(recorded(name)))
    page.locator(f"#tresta-widget-{name} .card").first.wait_for()
    assert not [each.url for each in record.requests if ".wasm" in each.url]
    lines = open_receipt(page, name)
    assert "This page view is not in the sample that is counted." in lines.inner_text()
    assert "Nothing has been sent from this page." in lines.inner_text()
    assert [each.url for each in record.requests if ".wasm" in each.url]
    visits.leave(page, site, faulty_api)
    assert bodies(faulty_api) == []
    assert record.errors == []


def test_a_batch_that_the_loader_has_sent_itself_is_in_it(page, site, faulty_api, widget, recorded, record):
    name = widget(telemetry())
    held: list[Any] = []
    page.route("**/boot-*.js", lambda route: held.append(route))  # Python does not come up
    page.goto(site.page(recorded(name)))
    page.locator(f"#tresta-widget-{name} .card").first.wait_for()
    page.evaluate(visits.SETTLED)
    page.evaluate(HIDDEN, "hidden")
    visits.until(lambda: len(bodies(faulty_api)) == 1, "the loader's batch")
    page.evaluate(HIDDEN, "visible")
    page.locator(f"#tresta-widget-{name} .mark").click()
    assert page.locator(f"#tresta-widget-{name} .sheet").inner_text() == "One moment, please."
    for route in held:
        route.continue_()
    lines = page.locator(f"#tresta-widget-{name} {LINES}")
    lines.wait_for()
    assert lines.locator(".bytes").all_inner_texts() == bodies(faulty_api)
    assert record.errors == []


def test_keyboard_escape_and_close_work_without_a_mouse(page, site, widget, recorded):
    name = widget(telemetry())
    page.goto(site.page(recorded(name)))
    visits.wait_until_shown(page, name)
    mark, sheet = (page.locator(f"#tresta-widget-{name} {part}") for part in (".mark", ".sheet"))
    for leave in (lambda: page.keyboard.press("Escape"), lambda: sheet.locator(".close").press("Enter")):
        mark.press("Enter")
        sheet.locator(".lines").wait_for()
        page.keyboard.press("Tab")
        assert sheet.evaluate("sheet => sheet.contains(sheet.getRootNode().activeElement)")
        leave()
        sheet.wait_for(state="hidden")
        assert mark.evaluate("element => element.getRootNode().activeElement === element")


def test_an_account_without_a_receipt_pays_no_byte_and_no_request(origins, page, site, widget, record):
    plain, shown = (widget(telemetry(receipt, "sampled", 0.01), layout="list") for receipt in ("none", "bottom"))
    without, with_ = (json.dumps(origins.content(name)) for name in (plain, shown))
    assert "receipt" not in without.replace(plain, "")
    assert "receipt" in with_.replace(shown, "")
    assert set(origins.content(shown)) - set(origins.content(plain)) == {"account"}
    visits.script_draws(page, 0.5)
    page.goto(site.page(origins.tag(plain)))
    page.locator(f"#tresta-widget-{plain} .card").first.wait_for()
    page.evaluate(visits.SETTLED)
    kinds = [each.url.partition("?")[0].rpartition("/")[2].partition("-")[0] for each in record.requests[1:]]
    assert sorted(kinds) == ["embed.js", "public"]
