"""The place of a widget in pages that run a tag twice, render places anew, move, hide or remove them."""

from __future__ import annotations

import pytest

from tests.browser import visits
from tests.browser.hosts.conftest import CARD, PLACE

PYTHON_IS_UP = "Tresta.ready.then(() => {})"
STATUS = "window.Tresta && Tresta.getState('w1').status"
RUN_AGAIN = """html => {
  const main = document.querySelector('main');
  main.innerHTML = html;
  for (const old of main.querySelectorAll('script')) {
    const fresh = document.createElement('script');
    for (const { name, value } of old.attributes) fresh.setAttribute(name, value);
    old.replaceWith(fresh);
  }
}"""  # what Turbo Drive does to a page's body

pytestmark = pytest.mark.usefixtures("quiet")


def wait_until_shown(page, count=1):
    """Waits until this number of places show cards."""
    page.wait_for_function(
        """count => [...document.querySelectorAll('[id^=tresta-widget-],.place')]
          .filter(({ shadowRoot }) => shadowRoot?.querySelector('.card')?.offsetHeight).length === count""",
        arg=count,
    )


@pytest.mark.parametrize("reserved", [True, False])
def test_a_tag_that_is_in_the_page_twice_shows_one_widget_and_counts_one_load(
    site, page, faulty_api, tag, record, reserved
):
    page.goto(site.page((PLACE if reserved else "") + tag() + tag()))
    page.locator(CARD).first.wait_for()
    page.evaluate(PYTHON_IS_UP)
    visits.wait_until_shown(page, "w1")
    wait_until_shown(page)
    assert faulty_api.request_count("w1") == 1
    assert not any("api.tresta.app" in request.url for request in record.requests)
    visits.leave(page, site, faulty_api)
    assert sum(len(report.loads) for report in visits.reports(faulty_api)) == 1


def test_two_places_of_one_id_show_a_widget_each(site, page, faulty_api, tag):
    page.goto(site.page(PLACE + tag() + "<hr>" + PLACE + tag()))
    wait_until_shown(page, 2)
    page.evaluate(PYTHON_IS_UP)
    page.evaluate(visits.SETTLED)
    wait_until_shown(page, 2)
    assert faulty_api.request_count("w1") == 1  # for both


def test_a_no_of_tags_that_are_removed_after_they_ran_holds(site, page, faulty_api, tag):
    one = tag(telemetry="false")
    page.goto(site.page(f"{PLACE}<main></main>"))
    page.evaluate(RUN_AGAIN, one)
    page.wait_for_function("window.Tresta")
    page.evaluate(RUN_AGAIN, one)
    page.locator(CARD).first.wait_for()
    page.evaluate("document.querySelector('main').innerHTML = ''")
    page.evaluate(PYTHON_IS_UP)
    visits.wait_until_shown(page, "w1")
    visits.leave(page, site, faulty_api)
    assert visits.batches(faulty_api) == []


@pytest.mark.parametrize("python", [False, True])
def test_a_preview_and_then_the_page_itself_show_the_widget(site, page, tag, record, python):
    page.goto(site.page(f"<main>{PLACE}{tag(telemetry='false')}</main>"))
    page.locator(CARD).first.wait_for()
    if python:
        page.evaluate(PYTHON_IS_UP)
    html = PLACE + tag(telemetry="false")
    page.evaluate(f"html => {{ ({RUN_AGAIN})(html); ({RUN_AGAIN})(html); }}", html)
    wait_until_shown(page)
    page.evaluate(PYTHON_IS_UP)
    page.evaluate(visits.SETTLED)
    wait_until_shown(page)
    assert page.evaluate(STATUS) == "ready"
    assert not any("api.tresta.app" in request.url for request in record.requests)


def test_a_tag_of_the_next_page_with_other_attributes_replaces_the_one_before(site, page, tag):
    page.goto(site.page(f"<main>{PLACE}{tag(telemetry='false')}</main>"))
    page.locator(CARD).first.wait_for()
    page.evaluate(RUN_AGAIN, PLACE + tag(layout="carousel", telemetry="false", max="3"))
    page.locator("#tresta-widget-w1 .slides").wait_for()


@pytest.mark.parametrize("python", [False, True])
@pytest.mark.parametrize("tag_is", ["in the head", "in the page", "removed"])
def test_a_place_that_is_rendered_anew_has_its_widget_again(site, page, faulty_api, tag, python, tag_is):
    head, body = ("", f"{tag()}") if tag_is == "in the page" else (tag(), "")
    page.goto(site.page(f"<main>{PLACE}</main>{body}", head=head))
    page.locator(CARD).first.wait_for()
    if tag_is == "removed":
        page.evaluate("document.querySelector('script').remove()")
    if python:
        page.evaluate(PYTHON_IS_UP)
        visits.wait_until_shown(page, "w1")
    for _ in range(3):
        page.evaluate("html => { document.querySelector('main').innerHTML = html }", PLACE)
        wait_until_shown(page)
        page.wait_for_function(f"{STATUS} === 'ready'")
    page.locator("#tresta-widget-w1 button.more").first.click()
    visits.wait_until_shown(page, "w1")
    visits.leave(page, site, faulty_api)
    assert faulty_api.request_count("w1") == 1
    (load,) = [load for report in visits.reports(faulty_api) for load in report.loads]
    assert load.layout == "grid"
    assert sum(report.interactions.get("grid", 0) for report in visits.reports(faulty_api)) == 1


def test_a_place_that_a_framework_renders_long_after_the_tag_is_filled_and_counted(site, page, faulty_api, tag):
    page.goto(site.page("<main></main>", head=tag()))
    page.wait_for_function("window.Tresta")
    page.wait_for_timeout(700)
    page.evaluate("html => { document.querySelector('main').innerHTML = html }", PLACE)
    page.locator(CARD).first.wait_for()
    visits.wait_until_shown(page, "w1")
    visits.leave(page, site, faulty_api)
    (load,) = [load for report in visits.reports(faulty_api) for load in report.loads]
    assert load.load_ms < 700  # from the moment there was a place


def test_a_place_that_is_moved_or_taken_out_for_a_while_keeps_its_widget(site, page, tag):
    page.goto(site.page(f"<main>{PLACE}</main><aside></aside>{tag(telemetry='false')}"))
    page.locator(CARD).first.wait_for()
    page.evaluate("document.querySelector('aside').append(document.querySelector('#tresta-widget-w1'))")
    page.evaluate(visits.SETTLED)
    wait_until_shown(page)
    page.evaluate("{ window.kept = document.querySelector('#tresta-widget-w1'); kept.remove(); }")
    page.evaluate(visits.SETTLED)
    page.evaluate("document.querySelector('main').append(kept)")
    wait_until_shown(page)


@pytest.mark.parametrize("python", [False, True])
def test_a_place_that_the_page_takes_away_takes_its_widget_with_it(site, page, faulty_api, tag, python):
    page.goto(site.page(f"<main>{PLACE}</main>{tag()}"))
    page.locator(CARD).first.wait_for()
    if python:
        visits.wait_until_shown(page, "w1")
    for _ in range(2):
        page.evaluate("document.querySelector('main').innerHTML = ''")
        page.evaluate(visits.SETTLED)
        assert page.evaluate(STATUS) == "unmounted"
        assert page.locator("[id^=tresta-widget-]").count() == 0
        page.evaluate("html => { document.querySelector('main').innerHTML = html }", PLACE)
        wait_until_shown(page)
        assert page.locator("main #tresta-widget-w1").count() == 1
    visits.wait_until_shown(page, "w1")
    visits.leave(page, site, faulty_api)
    assert sum(len(report.loads) for report in visits.reports(faulty_api)) == 1


def test_a_place_that_the_loader_has_made_comes_back_beside_its_tag(site, page, tag):
    page.goto(site.page(f"<main>{tag(telemetry='false')}</main>"))
    page.locator(CARD).first.wait_for()
    page.evaluate("document.querySelector('#tresta-widget-w1').remove()")
    page.evaluate(visits.SETTLED)
    wait_until_shown(page)
    assert page.locator("script + #tresta-widget-w1").count() == 1


def test_a_tag_of_the_next_page_which_has_no_place_for_it_gets_one_beside_it(site, page, tag):
    html = tag(telemetry="false")
    page.goto(site.page(f"<main>{PLACE}{html}</main>"))
    page.locator(CARD).first.wait_for()
    page.evaluate(RUN_AGAIN, html)
    wait_until_shown(page)
    assert page.locator("script + #tresta-widget-w1").count() == 1


def test_a_widget_of_a_script_goes_with_its_element_and_comes_back_with_it(site, page, faulty_api, tag):
    tag()
    page.goto(site.page(f"<main><div class=place></div></main>{tag(widget='w2', telemetry='false')}"))
    options = {"widgetId": "w1", "apiUrl": faulty_api.url, "telemetry": False}
    page.wait_for_function("window.Tresta")
    assert page.evaluate("options => Tresta.mount('.place', options)", options)["status"] == "ready"
    page.evaluate("{ window.kept = document.querySelector('.place'); kept.remove(); }")
    page.evaluate(visits.SETTLED)
    assert page.evaluate("Tresta.getState(kept).status") == "unmounted"
    page.evaluate("document.querySelector('main').append(kept)")
    page.wait_for_function("Tresta.getState(kept).status === 'ready'")


def test_what_the_page_unmounts_stays_away(site, page, tag):
    page.goto(site.page(f"<main>{PLACE}</main>{tag(telemetry='false')}"))
    page.locator(CARD).first.wait_for()
    page.evaluate("Tresta.unmount('w1')")
    page.evaluate("html => { document.querySelector('main').innerHTML = html }", PLACE)
    page.evaluate(visits.SETTLED)
    assert page.evaluate(STATUS) == "unmounted"


HIDING = ["div:empty {display: none}", ":empty {display: none !important}"]


@pytest.mark.parametrize("style", HIDING)
def test_a_page_that_hides_empty_elements_shows_the_widget(site, page, faulty_api, tag, style):
    page.goto(site.page(PLACE + tag(), head=f"<style>{style}</style>"))
    page.locator(CARD).first.wait_for()
    assert page.locator("#tresta-widget-w1").bounding_box()["height"] > 100


@pytest.mark.parametrize("style", HIDING)
def test_a_page_that_hides_empty_elements_shows_what_a_script_mounts(site, page, faulty_api, tag, style):
    tag()
    page.goto(
        site.page(f"<div class=place></div>{tag(widget='w2', telemetry='false')}", head=f"<style>{style}</style>")
    )
    page.wait_for_function("window.Tresta")
    options = {"widgetId": "w1", "apiUrl": faulty_api.url, "telemetry": False}
    assert page.evaluate("options => Tresta.mount('.place', options)", options)["status"] == "ready"
    assert page.locator(".place").bounding_box()["height"] > 100
