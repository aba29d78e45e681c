"""The page Alerts: a rule is made in plain words, changed, muted, tested and deleted; the history says what fired."""

from __future__ import annotations

import pytest

from tests.console.running import until


@pytest.fixture
def alerts(visit):
    """`alerts(who)`: the page, loaded, signed in with the token of that name."""

    def make(who="owner"):
        page = visit().sign_in(who, "#/alerts").page
        page.wait_for_selector("#history .card")
        return page

    return make


def rules(server):
    return server.api("/accounts/acme/alerts", server.tokens["owner"])["alerts"]


def test_a_rule_is_made_changed_muted_tested_and_deleted(alerts, server):
    page = alerts()
    assert "No rule yet" in page.locator("#rules").inner_text()
    page.select_option("#rule-widget", "w1")
    page.fill("#rule-number", "3")
    page.fill("#rule-webhook", "https://hooks.example.com/a")
    assert page.locator("#form .effect").inner_text() == "Tell me when p75 of load time of w1 is above 3 s."
    page.click("#form [type=submit]")
    secret = page.locator(".once code")
    secret.wait_for()
    assert secret.inner_text().startswith("whsec_")
    (rule,) = rules(server)
    assert (rule["metric"], rule["widget"], rule["bound"]) == ("p75", "w1", 3000)
    row = page.locator(".rules li")
    assert "p75 of load time of w1 is above 3 s" in row.inner_text()
    assert "hooks.example.com" in row.inner_text()

    row.locator("[data-do=edit-rule]").click()
    page.select_option("#rule-metric", "error_share")
    assert page.locator("#rule-number").input_value() == "2"
    page.select_option("#rule-against", "usual")
    page.fill("#rule-number", "1.8")
    page.click("#form [type=submit]")
    until(lambda: rules(server)[0]["metric"] == "error_share", "the change")
    assert (rules(server)[0]["against"], rules(server)[0]["bound"]) == ("usual", 1.8)

    row.locator("[data-do=mute-rule]").select_option("for a day")
    until(lambda: "Muted until" in row.inner_text(), "the mute")
    assert rules(server)[0]["state"] == "muted"
    row.locator("[data-do=unmute-rule]").click()
    until(lambda: "Watching" in row.inner_text(), "no mute")
    assert rules(server)[0]["bound"] == 1.8  # muting changes nothing else
    row.locator("[data-do=test-rule]").click()
    until(lambda: "On its way" in row.inner_text(), "the test message")
    row.locator("[data-do=delete-rule]").click()
    page.click("[data-do=delete-rule-now]")
    until(lambda: "No rule yet" in page.locator("#rules").inner_text(), "no rule")
    assert rules(server) == []


def test_a_number_that_is_none_and_what_the_server_refuses_get_a_sentence(alerts, server):
    page = alerts()
    page.fill("#rule-number", "two")
    page.click("#form [type=submit]")
    assert page.locator("#form .problem").inner_text() == "The limit must be a number, such as 2.5."
    page.fill("#rule-number", "2.5")
    page.fill("#rule-webhook", "http://hooks.example.com/a")
    page.click("#form [type=submit]")
    until(lambda: "https" in page.locator("#form .problem").inner_text(), "the server's sentence")
    assert page.locator("#rule-webhook").input_value() == "http://hooks.example.com/a"
    assert rules(server) == []


def test_a_viewer_reads_only(alerts):
    page = alerts("viewer")
    assert page.locator("#form, .rule-form").count() == 0
    assert page.locator("#history").is_visible()
