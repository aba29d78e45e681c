"""Pages that are rendered in advance, frozen or printed. Only Chromium does these, or lets a test do them."""

from __future__ import annotations

import time

import pytest

from tests.browser import visits
from tests.browser.hosts.conftest import CARD, PLACE
from tests.browser.hosts.test_libraries import OLD_METHODS
from tests.browser.hosts.test_places import HIDING
from tests.browser.test_before_python import PEOPLE
from tests.browser.test_paper import PRINTED

ROOT = "document.querySelector('#tresta-widget-w1').shadowRoot"

pytestmark = [
    pytest.mark.usefixtures("quiet"),
    pytest.mark.parametrize("browser", ["chromium"], indirect=True, scope="session"),
]


def loads(api):
    return [load for report in visits.reports(api) for load in report.loads]


# Rendered in advance (https://developer.mozilla.org/docs/Web/API/Speculation_Rules_API)

IN_ADVANCE = """{
  let isInAdvance = true;
  Object.defineProperty(Document.prototype, 'prerendering', {get: () => isInAdvance, configurable: true});
  window.open_it = () => { isInAdvance = false; document.dispatchEvent(new Event('prerenderingchange')); };
}"""  # with a driver Chromium does not (PrerenderingDisabledByDevTools): test_undriven.py has it do so without


def test_a_page_that_is_rendered_in_advance_and_never_opened_asks_for_nothing_and_counts_nothing(
    site, page, faulty_api, tag, record
):
    page.add_init_script(IN_ADVANCE)
    page.goto(site.page(f"{PLACE}{tag()}<script>addEventListener('load', () => void Tresta.ready)</script>"))
    page.wait_for_function("window.Tresta")
    page.wait_for_timeout(500)
    visits.leave(page, site, faulty_api)
    assert faulty_api.request_count("w1") == 0
    assert visits.batches(faulty_api) == []
    assert not any("snapshot" in request.url for request in record.requests)


def test_a_page_that_was_rendered_in_advance_counts_one_load_from_the_moment_it_is_opened(site, page, faulty_api, tag):
    page.add_init_script(IN_ADVANCE)
    page.goto(site.page(PLACE + tag(layout="carousel")))
    page.wait_for_function("window.Tresta")
    page.wait_for_timeout(1500)
    page.evaluate("open_it()")
    page.locator(CARD).first.wait_for()
    visits.wait_until_shown(page, "w1")
    visits.leave(page, site, faulty_api)
    (load,) = loads(faulty_api)
    assert load.layout == "carousel"
    assert load.load_ms < 1500


# Frozen


@pytest.mark.parametrize("python", [False, True])
def test_a_tab_that_was_frozen_goes_on_and_counts_one_load(site, page, faulty_api, tag, python):
    page.goto(site.page(PLACE + tag(layout="carousel")))
    page.locator(CARD).first.wait_for()
    if python:
        visits.wait_until_shown(page, "w1")
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    time.sleep(1)
    session.send("Page.setWebLifecycleState", {"state": "active"})
    visits.wait_until_shown(page, "w1")
    page.evaluate(f"{ROOT}.querySelector('button.next').click()")
    page.wait_for_function(f"{ROOT}.querySelector('.slides').scrollLeft > 0")
    visits.leave(page, site, faulty_api)
    assert len(loads(faulty_api)) == 1
    assert sum(sum(report.interactions.values()) for report in visits.reports(faulty_api)) == 1


# Printed


@pytest.mark.parametrize(
    "head", [f"<script>{OLD_METHODS}</script>", f"<style>{HIDING[1]}</style>"], ids=["old methods", "hides empty ones"]
)
@pytest.mark.parametrize("layout", ["grid", "carousel"])
def test_a_strange_page_is_printed_whole_and_goes_on_as_before(site, page, faulty_api, tag, layout, head):
    page.goto(site.page(f"{PLACE}{tag(layout=layout)}<p>Below, and in view", head=head))
    page.locator(CARD).first.wait_for()
    visits.wait_until_shown(page, "w1")
    before = page.evaluate(f"{ROOT}.innerHTML")
    assert page.pdf().startswith(b"%PDF")
    page.emulate_media(media="print")
    whole = page.evaluate(PRINTED.replace("#tresta-widget-printed", "#tresta-widget-w1"))
    assert whole == {str(index): [1, True] for index in range(len(PEOPLE))}
    page.emulate_media(media="screen")
    page.wait_for_function(f"html => {ROOT}.innerHTML === html", arg=before)
    visits.leave(page, site, faulty_api)
    assert [load.layout for load in loads(faulty_api)] == [layout]
    assert [report.interactions for report in visits.reports(faulty_api) if report.interactions] == []
