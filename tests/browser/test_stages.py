"""The stages of Python's start, as pages report them: the browser's own times, and none where Python was not up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import visits
from tests.browser.servers import Answer
from tests.browser.test_before_python import BOOT, drawn_answer
from tests.browser.test_reports import HIDDEN, WITHOUT_PYTHON
from widget.telemetry.schema import STAGES

# When the tag ran is not told; it lies between these two.
TAG_RAN = "window.tagRan = performance.now()"
TIMES = """([content, boot]) => {
  const of = part => performance.getEntriesByType("resource").find(({ name }) => name.includes(part));
  return [of("/embed.js").responseEnd, window.tagRan, of(content).responseEnd, of(boot).startTime, performance.now()];
}"""
CONTENT = "/api/widgets/"


def open_page(origins, site, page, api, *bodies):
    html = ""
    for body in bodies:
        api.answers(body["id"], Answer(body))
        tag = origins.tag(body["id"], api_url=api.url)
        html += tag.replace("<script", f"<script onload='{TAG_RAN}'", 1)
    page.goto(site.page(html))
    for body in bodies:
        page.wait_for_function("id => window.Tresta && Tresta.getState(id).status === 'ready'", arg=body["id"])


def load_of(api) -> Any:
    visits.until(lambda: visits.batches(api), "the batch")
    return visits.reports(api)[0].loads[0]


def test_a_load_tells_the_browsers_own_times_in_order(origins, site, page, faulty_api, record):
    open_page(origins, site, page, faulty_api, drawn_answer("w1"))
    load = load_of(faulty_api)
    earliest, latest, content, wanted, now = page.evaluate(TIMES, [CONTENT, BOOT])
    assert content - latest - 2 <= load.content_ms <= content - earliest + 2
    assert wanted - latest - 2 <= load.wanted_ms <= wanted - earliest + 2
    assert load.content_ms <= load.load_ms + 1
    assert load.content_ms <= load.wanted_ms <= load.ready_ms <= load.report_ms <= now - earliest + 2
    assert record.errors == record.console == []


def test_a_kept_copy_that_the_api_confirms_tells_when_it_was_read(origins, site, page, faulty_api):
    open_page(origins, site, page, faulty_api, drawn_answer("w1"))
    load_of(faulty_api)
    page.reload()
    page.wait_for_function("window.Tresta && Tresta.getState('w1').status === 'ready'")
    visits.until(lambda: len(visits.batches(faulty_api)) == 2, "the second batch")
    load: Any = visits.reports(faulty_api)[1].loads[0]
    assert load.content_ms is None or load.content_ms <= load.load_ms + 1
    assert 0 < load.ready_ms <= load.report_ms


def test_two_widgets_of_a_page_tell_one_start(origins, site, page, faulty_api):
    open_page(origins, site, page, faulty_api, drawn_answer("w1"), drawn_answer("w2"))
    visits.until(lambda: len(visits.reports(faulty_api)) == 2, "both reports")
    (batch,) = visits.batches(faulty_api)
    loads = [report.loads[0] for report in visits.reports(faulty_api)]
    assert all(load.ready_ms and load.report_ms for load in loads), batch.body
    # The tags ran one after the other, and both waited for the same Python and the same batch.
    first_ms, second_ms = ((load.report_ms or 0) - (load.wanted_ms or 0) for load in loads)
    assert abs(first_ms - second_ms) < 20


def test_a_page_view_that_ends_before_python_is_up_tells_no_stage(origins, site, page, faulty_api):
    page.add_init_script(WITHOUT_PYTHON)
    open_page(origins, site, page, faulty_api, drawn_answer("w1"))
    page.evaluate(visits.SETTLED)
    page.evaluate(HIDDEN, "hidden")
    load = load_of(faulty_api)
    assert {name: getattr(load, name) for name in STAGES} == dict.fromkeys(STAGES)
    assert visits.reports(faulty_api)[0].has_stages


def test_what_python_counts_later_is_no_start(origins, site, page, faulty_api):
    open_page(origins, site, page, faulty_api, drawn_answer("w1"))
    load_of(faulty_api)
    page.evaluate("Tresta.refresh('w1')")
    page.evaluate(
        """() => {
          const tracker = new Tresta.TelemetryTracker('w1', '1.0.0', {samplingRate: 1});
          tracker.startLoadTracking();
          tracker.trackLoad('wall');
        }"""
    )
    visits.leave(page, site, faulty_api)
    later = [load for report in visits.reports(faulty_api)[1:] for load in report.loads]
    assert len(later) == 2
    assert {(load.content_ms, load.wanted_ms, load.ready_ms, load.report_ms) for load in later} == {
        (None, None, 0, None)
    }


@pytest.mark.parametrize(
    "broken", ["performance.getEntriesByName = () => { throw Error('none') }", "performance.clearResourceTimings()"]
)
def test_a_page_without_the_browsers_times_tells_only_its_own(origins, site, page, faulty_api, record, broken):
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => setInterval(() => {{ {broken} }}, 1))")
    open_page(origins, site, page, faulty_api, drawn_answer("w1"))
    load = load_of(faulty_api)
    assert load.wanted_ms is None
    assert 0 < load.ready_ms <= load.report_ms
    assert record.errors == []
