"""The settings: mode and rate in words, preview, embed code, tokens and audit trail."""

from __future__ import annotations

import json

import pytest

from tests.console.running import until
from widget.telemetry.fields import FIELDS
from widget.telemetry.parser import parse
from widget.telemetry.schema import DIGEST

ANNOUNCEMENTS = ("Copied.", "The browser blocked copying. The text is selected: copy it with the keyboard.")


@pytest.fixture
def settings(visit):
    """`settings(who)`: the settings page, loaded, signed in with the token of that name."""

    def make(who="owner"):
        page = visit(permissions=[]).sign_in(who, "#/settings").page
        page.wait_for_selector("#audit td, #audit p")
        return page

    return make


def setting(server):
    return server.api("/accounts/acme", server.tokens["owner"])["telemetry"]


def test_a_rate_is_chosen_in_words_saved_and_in_the_audit_trail(settings, server):
    page = settings()
    assert page.locator("#save").is_disabled()
    page.check("#mode-sampled")
    page.select_option("#rate", label="about 1 in 20 visits (5%)")
    assert "About 1 in 20 visits: 500 of 10,000 a day" in page.locator("#effect").inner_text()
    page.click("#save")
    until(lambda: "Saved" in page.locator("#saved").inner_text(), "the rate is saved")
    assert setting(server) == {"mode": "sampled", "rate": 0.05, "rate_on_error": 0, "receipt": "none"}
    newest = page.locator("#audit tbody tr").first
    assert "acme's owner" in newest.inner_text()
    page.select_option("#rate", label="about 1 in 100 visits (1%)")
    page.click("#save")
    until(lambda: setting(server)["rate"] == 0.01, "the first setting")


def test_more_of_the_visits_with_an_error_can_be_counted(settings, server):
    page = settings()
    page.select_option("#rate-on-error", label="about 1 in 10 visits (10%)")
    assert "Of those with an error about 1 in 10 visits." in page.locator("#effect").inner_text()
    page.click("#save")
    until(lambda: setting(server)["rate_on_error"] == 0.1, "the second rate")
    until(lambda: "0.1 with an error" in page.locator("#audit tbody tr").first.inner_text(), "that in the trail")
    page.select_option("#rate", label="about 1 in 10 visits (10%)")
    assert page.locator("#rate-on-error").count() == 0  # there is no higher one
    page.select_option("#rate", label="about 1 in 100 visits (1%)")
    assert page.locator("#rate-on-error").input_value() == "0"
    page.click("#save")
    until(lambda: setting(server)["rate_on_error"] == 0, "the first setting")


def test_opt_in_requires_the_confirmation_in_words(settings, server):
    page = settings()
    page.check("#mode-opt-in")
    page.fill("#confirmation", "yes")
    assert page.locator("#save").is_disabled()
    page.select_option("#rate", label="every visit (100%)")
    assert page.locator("#confirmation").input_value() == "yes"  # a change of the rate keeps what was typed
    assert page.locator("#save").is_disabled()
    page.fill("#confirmation", "  i have asked my visitors ")
    page.press("#confirmation", "Enter")
    until(
        lambda: setting(server) == {"mode": "opt-in", "rate": 1, "rate_on_error": 0, "receipt": "bottom"}, "every visit"
    )
    until(lambda: "Saved" in page.locator("#saved").inner_text(), "the note about saving")
    page.check("#mode-off")
    assert "Nothing is counted" in page.locator("#effect").inner_text()
    page.click("#save")
    until(lambda: setting(server)["mode"] == "off", "off")
    page.check("#mode-sampled")
    until(lambda: page.locator("#rate").count() == 1, "the rates again")
    page.select_option("#rate", label="about 1 in 100 visits (1%)")
    page.click("#save")
    until(
        lambda: setting(server) == {"mode": "sampled", "rate": 0.01, "rate_on_error": 0, "receipt": "none"},
        "the first setting",
    )


def test_the_receipt_is_placed_and_opt_in_cannot_do_without(settings, server):
    page = settings()
    places = "select => [...select.options].map(option => option.value)"
    assert page.locator("#receipt").evaluate(places) == ["none", "top", "bottom"]
    page.select_option("#receipt", "top")
    page.check("#mode-opt-in")
    assert page.locator("#receipt").evaluate(places) == ["top", "bottom"]
    page.check("#mode-sampled")
    page.select_option("#rate", label="about 1 in 100 visits (1%)")
    assert page.locator("#receipt").input_value() == "top"  # a change of the rate keeps the choice
    page.click("#save")
    until(
        lambda: setting(server) == {"mode": "sampled", "rate": 0.01, "rate_on_error": 0, "receipt": "top"},
        "the receipt is saved",
    )
    until(lambda: "Saved" in page.locator("#saved").inner_text(), "the note about saving")
    page.select_option("#receipt", "none")
    page.click("#save")
    until(lambda: setting(server)["receipt"] == "none", "the first setting")


def test_arrow_keys_choose_the_mode(settings):
    page = settings()
    page.locator("#mode-sampled").focus()
    page.keyboard.press("ArrowDown")
    until(lambda: page.locator("#mode-opt-in").is_checked(), "the next mode")
    assert (
        page.evaluate("document.activeElement.id") == "mode-opt-in"
    )  # the redrawn form has the focus in the same place


def test_a_rate_is_proposed_for_a_wanted_precision(settings):
    page = settings()
    until(lambda: "p75 of load time to ±5% within a day needs" in page.locator("#proposed").inner_text(), "a proposal")
    page.select_option("#propose-figure", "error_share")
    page.select_option("#propose-days", "7")
    expected = "The share of page views with an error to ±5% within 7 days needs"
    until(lambda: expected in page.locator("#proposed").inner_text(), "a proposal for errors")


def test_a_viewer_can_read_but_not_change(settings):
    page = settings("viewer")
    assert page.locator("#mode-off").is_disabled()
    assert page.locator("#save").count() == page.locator("#tokens form").count() == 0


def test_the_preview_is_the_schema_and_a_valid_batch(settings):
    page = settings()
    names = page.locator("#sent .fields tbody th").all_inner_texts()
    assert names == [field.name for field in FIELDS]
    batch = page.locator("#sent pre code").inner_text()
    assert parse(batch)
    assert list(json.loads(batch)) == ["schema", "digest", "widgets"]
    assert batch.startswith(f'{{"schema":2,"digest":"{DIGEST}","widgets":[{{"widget":')


def test_what_changed_between_the_versions_of_the_schema_is_told_with_the_documents(settings, server):
    page = settings()
    changes = {row[0]: row[1:] for row in page.locator("#versions tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )}  # fmt: skip
    assert changes["digest"] == ["not sent", "8 of 0-9 a-f"]
    assert changes["schema"] == ["1", "2"]
    assert page.locator("#versions p code").inner_text() == DIGEST
    links = page.locator("#versions li a").evaluate_all("links => links.map(link => new URL(link.href).pathname)")
    assert links == ["/privacy/acme", "/privacy/acme.txt", "/privacy/acme.json"]
    assert page.evaluate("fetch('../privacy/acme.txt').then(answer => answer.status)") == 200


def test_the_embed_code_is_the_servers_and_can_be_copied(settings, server, browser):
    page = settings()
    expected = [each["embed"] for each in server.api("/accounts/acme", server.tokens["owner"])["widgets"]]
    assert page.locator("#embed code").all_inner_texts() == expected
    assert "--public-url" in page.locator("#embed .problem").inner_text()  # the test's server is on a loopback address
    if browser.browser_type.name == "chromium":
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#embed button").first.click()
    until(lambda: page.locator("#announcement").inner_text() in ANNOUNCEMENTS, "the announcement")
    if browser.browser_type.name == "chromium":
        assert page.evaluate("navigator.clipboard.readText()") == expected[0]


def test_a_token_is_created_shown_once_used_and_revoked(settings, server, visit):
    page = settings()
    page.fill("#token-label", "<b>the wall screen</b>")
    page.select_option("#token-choice", "viewer")
    page.click("form[data-kind=token] button")
    text = page.locator(".once code")
    text.wait_for()
    server.tokens["new"] = text.inner_text()
    assert visit().sign_in("new").page.locator("h1").inner_text() == "Dashboard"
    row = page.locator(".tokens li", has_text="<b>the wall screen</b>")  # as text, not as markup
    row.locator("[data-do=revoke]").click()
    page.click("[data-do=revoke-now]")
    until(lambda: row.count() == 0, "the revoked token is gone")
    other_page = visit().open().page
    other_page.fill("#token", server.tokens["new"])
    other_page.click("#enter")
    until(lambda: "does not know" in other_page.locator("#token-problem").inner_text(), "the refusal")


def test_tokens_say_when_they_were_used_and_which_is_this_one(settings, server):
    server.make_token("viewer", "acme")  # and nobody uses it
    page = settings()
    own = page.locator(".tokens li", has_text="this one")
    assert own.count() == 1
    assert "last used" in own.inner_text()
    assert own.locator("[data-do=revoke]").count() == 0
    assert "never used" in page.locator(".tokens").inner_text()


def test_leaving_with_unsaved_settings_is_asked_first(settings):
    page = settings()
    page.check("#mode-off")
    asked = []

    def stay(dialog):
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", stay)
    page.click("text=Dashboard")
    # Playwright tells of a dialog only while it is called.
    until(lambda: "#/settings" in page.evaluate("location.hash") and asked, "the question, and still here")
    assert page.locator("#mode-off").is_checked()
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("text=Dashboard")
    page.wait_for_selector("[data-figure=loads] .value")
