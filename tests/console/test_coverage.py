"""How many page views the account hears from: beside the loads, over time, and a warning of more than there can be."""

from __future__ import annotations

from tests.console.running import until


def heard(page):
    page.wait_for_selector(".heard:not(:empty)")
    return page.locator(".heard").inner_text()


def test_the_card_of_the_loads_says_how_many_page_views_were_heard_from(visit, server):
    page = visit().sign_in("owner", "#/dashboard?range=7d").page
    assert heard(page).startswith("Heard from 71 of 100 page views (")
    assert page.locator("[data-figure=loads] .heard").count() == 1
    assert page.locator(".covered .u-over").count() == 1
    assert page.locator("p[data-kind=warn]").is_hidden()
    told = server.api("/accounts/acme/coverage?range=7d&widget=w1", server.tokens["owner"])["summary"]
    assert told["answers"] > 10_000
    page.click(".groups [data-filter=widget][data-value=w1]")
    until(lambda: "widget=w1" in page.evaluate("location.hash"), "the filter")
    expected = f"Heard from {round(100 * told['share']['value'])} of 100"
    until(lambda: page.locator(".heard").inner_text().startswith(expected), "that of the widget")


def test_what_content_answers_do_not_have_hides_it(visit):
    page = visit().sign_in("owner", "#/dashboard?range=7d").page
    heard(page)
    page.click(".groups [data-filter=layout]")
    until(lambda: "layout=" in page.evaluate("location.hash"), "the filter")
    until(lambda: page.locator(".heard").inner_text() == "", "no coverage of a layout")
    assert page.locator(".covered").is_hidden()


def test_more_loads_than_pages_given_out_are_said_aloud(visit):
    page = visit().sign_in("some", "#/dashboard?range=24h").page
    assert heard(page) == "More than pages given out"
    warning = page.locator("p.sentence", has_text="More visits than pages given out")
    assert warning.inner_text().endswith("someone may be sending figures of their own.")
