"""The settings' panels of what the API also has: rates, origins, exclusions, names, and what cannot be undone."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from tests.console import running
from tests.console.running import until

SHOP = "https://shop.example"


@pytest.fixture
def server(tmp_path: Path):
    """A server for each test, because some take accounts and rows away."""
    with running.server(tmp_path) as process:
        yield process


@pytest.fixture
def settings(visit):
    """`settings(who)`: the settings of acme, loaded, signed in with the token of that name."""

    def make(who="owner"):
        page = visit().sign_in(who, "#/settings?account=acme").page
        page.wait_for_selector("#exclusions .card")
        page.wait_for_selector("#audit td, #audit p")
        return page

    return make


def changes(page):
    return page.locator("#audit tbody tr").first.inner_text()


def test_rates_origins_and_exclusions_are_saved_audited_and_undone(settings, server):
    token = server.tokens["owner"]
    for _ in range(20):
        request = urllib.request.Request(f"{server.url}/api/widgets/w2/public", headers={"Origin": SHOP})
        urllib.request.urlopen(request).close()
    page = settings()

    page.fill("#declared", "2%")
    page.click("#declared ~ .row button")
    until(lambda: "fractions such as" in page.locator("[data-do=save-rates] .problem").inner_text(), "a sentence")
    page.fill("#declared", "0.02, 0.5")
    page.click("#declared ~ .row button")
    until(lambda: "from 0.001 to 0.1" in page.locator("[data-do=save-rates] .problem").inner_text(), "the refusal")
    page.fill("#declared", "0.05, 0.02")
    assert page.locator("#rates-effect").inner_text().count("about 1 in") == 2
    page.click("#declared ~ .row button")
    until(lambda: "0.02, 0.05" in changes(page), "the rates in the trail")
    assert server.api("/accounts/acme", token)["rates"]["declared"] == [0.02, 0.05]
    assert page.locator("#declared").input_value() == "0.02, 0.05"

    assert "All sites may show it" in page.locator("#origins").inner_text()
    page.select_option("#origins-widget", "w2")
    assert "20 requests in the last hour" in page.locator("#origins").inner_text()
    page.click(f"[data-do=add-origin][value='{SHOP}']")
    assert page.locator("#origins-list").input_value() == SHOP
    page.click("#origins [type=submit]")
    until(lambda: SHOP in changes(page), "the origins in the trail")
    listed = {each["widget"]: each["origins"] for each in server.api("/accounts/acme/origins", token)["widgets"]}
    assert listed == {"w1": [], "w2": [SHOP]}
    page.fill("#origins-list", "shop.example/reviews")
    page.click("#origins [type=submit]")
    until(lambda: "An origin must be" in page.locator("#origins .problem").inner_text(), "the refusal")
    page.fill("#origins-list", "")
    page.click("#origins [type=submit]")
    until(lambda: "all origins" in changes(page), "all origins again")

    page.click("[data-do=exclude] button")
    until(lambda: "Name what to leave out" in page.locator("#exclusions .problem").inner_text(), "the refusal")
    page.select_option("#exclude-widget", "w2")
    page.fill("#exclude-version", "0.1.0")
    page.fill("#exclude-from", "2026-11-24T15:00")
    page.fill("#exclude-to", "2026-11-24T16:00")
    page.click("[data-do=exclude] button")
    row = page.locator("#exclusions li")
    row.wait_for()
    assert "Widget w2, version 0.1.0, 24 Nov 2026, 15:00 to 24 Nov 2026, 16:00" in row.inner_text()
    until(lambda: "Left out of the figures" in changes(page), "the exclusion in the trail")
    row.locator("button").click()
    until(lambda: "Nothing is left out" in page.locator("#exclusions").inner_text(), "the undoing")
    until(lambda: "Counted again" in changes(page), "that in the trail")
    assert server.api("/accounts/acme/exclusions", token)["exclusions"] == []


def test_a_viewer_sees_them_and_cannot_change_them(settings):
    page = settings("viewer")
    for panel in ("#rates-effect", "#origins .card", "#exclusions .card"):
        assert page.locator(panel).first.is_visible()
    assert page.locator("#page form").count() == 1  # that of the mode, which is disabled
    assert page.locator("#name, #removal").all_inner_texts() == ["", ""]
    assert page.locator("#page").inner_text().count("This token can only read") == 5


def test_an_owner_renames_the_account_and_removes_a_widget_and_no_more(settings, server):
    page = settings()
    assert page.locator("[data-do=erase], [data-do=remove-account]").count() == 0
    page.fill("#account-name", "Acme <b>Group</b>")
    page.click("[data-do=rename] button")
    until(lambda: page.locator(".bar .account").inner_text() == "Acme <b>Group</b>", "the new name")
    page.wait_for_selector("#removal form")
    button = page.locator("[data-do=remove-widget] button")
    page.fill("#remove-widget-id", "w3")
    assert button.is_disabled()
    page.fill("#remove-widget-id", "w2")
    button.click()
    until(lambda: "w2" not in page.locator("#embed").inner_text(), "one widget")
    assert [each["id"] for each in server.api("/accounts/acme", server.tokens["owner"])["widgets"]] == ["w1"]
    until(lambda: "Widget removed" in changes(page), "that in the trail")


def test_an_operator_erases_a_widgets_rows_and_removes_the_account_after_typing_its_id(settings, server):
    page = settings("operator")
    button = page.locator("[data-do=erase] button")
    page.fill("#erase-id", "w1")
    assert button.is_disabled()
    page.select_option("#erase-widget", "w2")
    page.fill("#erase-id", "acme")
    button.click()
    said = page.locator("[data-do=erase] [role=status]")
    until(lambda: said.inner_text().startswith("Erased "), "the erasure")
    assert "Erased 0" not in said.inner_text()
    names = server.api("/accounts/acme/dashboard?range=30d", server.tokens["owner"])["names"]
    assert names["widget"] == ["w1"]

    page.fill("#remove-account-id", "acme")
    # The server answers once the rows are gone from the disk, and does not stop before.
    with page.expect_response(lambda answer: answer.request.method == "DELETE", timeout=120_000):
        page.click("[data-do=remove-account] button")
    until(lambda: page.locator(".bar").inner_text().count("Acme Outdoor") == 0, "no such account")
    accounts = server.api("/accounts", server.tokens["operator"])["accounts"]
    assert "acme" not in [account["id"] for account in accounts]
    page.wait_for_selector("#page h1")
