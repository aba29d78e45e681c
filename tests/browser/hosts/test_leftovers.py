"""What a page renders anew or removes, hundreds of times, leaves nothing behind."""

from __future__ import annotations

import pytest

from tests.browser import visits
from tests.browser.hosts.conftest import CARD, PLACE
from tests.browser.hosts.test_places import RUN_AGAIN

RENDERS = 500
SAYS_NO = PLACE.replace("<div", '<div data-telemetry="false"')
AGAIN = """async ([html, count]) => {
  const render = RUN_AGAIN;
  for (let n = 0; n < count; n++) {
    render(html);
    await Promise.all([...document.querySelectorAll('main script')].map(tag => new Promise(done => tag.onload = done)));
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    if (n % 50 === 0) Tresta.getState('w1');
  }
}""".replace("RUN_AGAIN", RUN_AGAIN)
MOUNTS = """async ([options, count]) => {
  for (let n = 0; n < count; n++) {
    const place = document.createElement('div');
    document.body.append(place);
    await Tresta.mount(place, options);
    place.remove();
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  }
}"""


@pytest.fixture
def page(new_context):
    """A page whose Python may load all of its code."""
    return new_context(cold=True).new_page()


@pytest.fixture
def leftovers(page):
    """`leftovers()`: the nodes, listeners and bytes of the page's heap after garbage collection."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def count():
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
            page.evaluate(visits.SETTLED)
        metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
        return metrics["Nodes"], metrics["JSEventListeners"], metrics["JSHeapUsedSize"]

    return count


pytestmark = [
    pytest.mark.usefixtures("quiet"),
    pytest.mark.parametrize("browser", ["chromium"], indirect=True, scope="session"),  # only Chromium counts these
]


def assert_same(before, after):
    """No more than what any page's own garbage varies by: far less than one node a turn."""
    nodes, listeners, heap = (late - early for early, late in zip(before, after, strict=True))
    assert (nodes < RENDERS / 4, listeners < 20, heap < 1_500_000) == (True, True, True), (nodes, listeners, heap)


CASES = {
    "drawn by the server": (PLACE, False, False),
    "adopted by Python": (PLACE, True, False),
    "with a no and with its tag": (SAYS_NO, True, True),
}


@pytest.mark.parametrize("case", CASES)
def test_a_place_that_is_rendered_anew_leaves_nothing_behind(site, page, tag, leftovers, case):
    place, python, with_tag = CASES[case]
    html = tag(layout="carousel", telemetry="false")
    page.goto(site.page(f"<main>{place}{html if with_tag else ''}</main>{'' if with_tag else html}"))
    page.locator(CARD).first.wait_for()
    if python:
        page.evaluate("Tresta.ready.then(() => {})")
        visits.wait_until_shown(page, "w1")
    place += html if with_tag else ""
    page.evaluate(AGAIN, [place, 50])
    before = leftovers()
    page.evaluate(AGAIN, [place, RENDERS])
    page.locator(CARD).first.wait_for()
    assert_same(before, leftovers())


def test_elements_that_are_removed_without_unmount_leave_nothing_behind(site, page, faulty_api, tag, leftovers):
    tag(layout="carousel")
    page.goto(site.page(tag(widget="w2", telemetry="false")))
    page.wait_for_function("window.Tresta")
    options = {"widgetId": "w1", "apiUrl": faulty_api.url, "telemetry": False}
    page.evaluate(MOUNTS, [options, 20])
    before = leftovers()
    page.evaluate(MOUNTS, [options, 100])
    nodes, listeners, _ = (late - early for early, late in zip(before, leftovers(), strict=True))
    assert (nodes < 100, listeners < 20) == (True, True), (nodes, listeners)
