"""From the script tag to the stored row: the time, count and weight of every kind of event."""

from __future__ import annotations

import pytest

from tests.browser import visits
from tests.browser.servers import Answer
from widget.telemetry.parser import parse
from widget.version import VERSION


def content_of(origins, widget):
    return origins.widgets / f"{widget}.json"


def test_a_visit_becomes_rows_of_every_kind(origins, site, page, browser, record):
    widget = origins.add_widget(f"visit-{browser.browser_type.name}", visits.content(rate=0.5))
    visits.script_draws(page, 0.25)
    tag = origins.tag(widget).replace("<script", "<script onload='window.tagRan = performance.now()'")
    page.goto(site.page(tag))
    visits.wait_until_shown(page, widget)
    displayed_ms = page.evaluate("performance.now()")

    # load_ms is the visitor's waiting time: from the tag, which ran before `tagRan`, until after the response.
    (load,) = origins.wait_for_rows(widget=widget)
    arrived_ms = """url => performance.getEntriesByType("resource")
        .find(({ name }) => name.split("?")[0] === url).responseEnd"""
    at_least = page.evaluate(arrived_ms, f"{origins.api}/api/widgets/{widget}/public") - page.evaluate("tagRan")
    at_most = displayed_ms - page.evaluate(arrived_ms, f"{origins.cdn}/embed.js")
    assert max(0, at_least - 1) <= load["load_ms"] <= at_most + 1
    assert (load["kind"], load["layout"], load["version"], load["count"]) == ("load", "carousel", VERSION, 1)

    # A refresh has a start of its own.
    refreshed_ms = page.evaluate(
        """async widget => {
          const start = performance.now();
          await Tresta.refresh(widget);
          return performance.now() - start;
        }""",
        widget,
    )
    (refresh,) = [row for row in origins.wait_for_rows(lambda rows: len(rows) == 2, widget=widget) if row != load]
    assert refresh["kind"] == "load"
    assert refresh["load_ms"] <= refreshed_ms + 1 < displayed_ms

    # The API fails, then the widget is deleted: the widget stays in the page, and both become rows.
    good = content_of(origins, widget).read_text(encoding="utf-8")
    content_of(origins, widget).write_text("broken", encoding="utf-8")
    assert page.evaluate("widget => Tresta.refresh(widget)", widget)["code"] == "API_ERROR"
    content_of(origins, widget).unlink()
    assert page.evaluate("widget => Tresta.refresh(widget)", widget)["code"] == "NOT_FOUND"
    content_of(origins, widget).write_text(good, encoding="utf-8")

    page.locator("[data-action=next]").click()
    page.evaluate(
        """widget => {
          const tracker = new Tresta.TelemetryTracker(widget, '9.8.7', {samplingRate: 0.5});
          for (let n = 0; n < 50; n++) tracker.trackError('CHECKOUT_BROKEN');
        }""",
        widget,
    )
    page.goto("about:blank")
    rows = origins.wait_for_rows(lambda rows: any(row["code"] == "CHECKOUT_BROKEN" for row in rows), widget=widget)
    assert sorted((row["kind"], row["layout"], row["code"], row["count"], row["version"]) for row in rows) == [
        ("error", "", "API_ERROR", 1, VERSION),
        ("error", "", "CHECKOUT_BROKEN", 50, "9.8.7"),
        ("error", "", "NOT_FOUND", 1, VERSION),
        ("interaction", "carousel", "", 1, VERSION),
        ("load", "carousel", "", 1, VERSION),
        ("load", "carousel", "", 1, VERSION),
    ]
    assert {(row["rate"], row["weight"]) for row in rows} == {(0.5, 2)}
    assert record.errors == []


@pytest.fixture
def two_widgets(origins, site, page, faulty_api):
    """`two_widgets(draw)` opens a page of two widgets at a rate of 0.5.

    A second random number would be on the other side of the rate.
    """

    def open_page(draw):
        visits.script_draws(page, draw, 1 - draw)
        for widget, layout in (("w1", "grid"), ("w2", "wall")):
            faulty_api.answers(widget, Answer({"id": widget, **visits.content(layout=layout, rate=0.5)}))
        page.goto(site.page(origins.tag("w1", api_url=faulty_api.url) + origins.tag("w2", api_url=faulty_api.url)))
        visits.wait_until_shown(page, "w1", "w2")
        visits.track(page, "w1", "LATER", {"samplingRate": 0.5})

    return open_page


def test_two_widgets_share_one_draw_and_one_batch(two_widgets, site, page, faulty_api):
    two_widgets(draw=0.49)
    visits.until(lambda: visits.batches(faulty_api), "the loads")
    visits.leave(page, site, faulty_api)
    first, last = ([*parse(batch.body)] for batch in visits.batches(faulty_api))
    loads = {(report.widget, report.rate, load.layout) for report in first for load in report.loads}
    assert loads == {("w1", 0.5, "grid"), ("w2", 0.5, "wall")}
    assert [(report.widget, report.rate, report.errors) for report in last] == [("w1", 0.5, {"LATER": 1})]


def test_a_page_outside_the_sample_sends_nothing(two_widgets, site, page, faulty_api):
    two_widgets(draw=0.51)
    visits.leave(page, site, faulty_api)
    assert visits.batches(faulty_api) == []


def test_each_page_and_each_call_of_a_sampler_draws_a_number(origins, site, page, faulty_api):
    faulty_api.answers("w1", Answer({"id": "w1", **visits.content(rate=0)}))
    page.add_init_script("""
      window.draws = [];
      const real = crypto.getRandomValues.bind(crypto);
      crypto.getRandomValues = array => {
        real(array);
        if (array instanceof Uint32Array) draws.push(array[0]);
        return array;
      };
    """)
    url = site.page(origins.tag("w1", api_url=faulty_api.url))
    draws, flips = [], []
    for _ in range(2):
        page.goto(url)
        visits.wait_until_shown(page, "w1")
        visits.track(page, "w1", "MAKES_IT_DRAW", {"samplingRate": 0.000001})
        draws.append(page.evaluate("draws"))
        sampler = page.evaluate_handle("new Tresta.TelemetrySampler(0.5)")
        flips.append(sampler.evaluate("sampler => Array.from({length: 64}, () => sampler.shouldSample())"))
    assert [len(numbers) for numbers in draws] == [1, 1]
    assert draws[0] != draws[1]
    assert all(0 < sum(flip) < 64 for flip in flips)
    assert flips[0] != flips[1]
