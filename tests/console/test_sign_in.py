"""The way in and out: a token that is kept in memory, and nowhere else."""

from __future__ import annotations

import pytest

from tests.console.running import until

KEPT = """async () => JSON.stringify([
  document.cookie, {...localStorage}, {...sessionStorage}, location.href, history.state, window.name,
  (await indexedDB.databases()).map(each => each.name), await caches.keys(),
])"""


@pytest.mark.parametrize("token", ["nonsense", "tresta_1_wrong", "\u20ac"])
def test_a_token_that_is_none_is_told_so_and_asked_again(visit, token):
    page = visit().open().page
    page.fill("#token", token)
    page.click("#enter")
    until(lambda: "does not know this token" in page.locator("#token-problem").inner_text(), "the sentence")
    assert page.locator("#enter").is_enabled()
    assert page.evaluate("document.activeElement.id") == "token"


def test_the_token_is_kept_in_memory_alone(visit, server, record):
    page = visit().sign_in("owner").page
    page.wait_for_selector("[data-figure=loads] .value")
    kept = page.evaluate(KEPT)
    assert server.tokens["owner"].split("_")[2] not in kept
    assert kept.startswith('["",{},{},')
    assert not any(server.tokens["owner"] in url for url in record.urls)
    assert server.tokens["owner"] not in page.content()


def test_a_reload_asks_again_and_leads_to_where_one_was(visit):
    there = visit().sign_in("owner", "#/settings")
    there.page.reload()
    there.page.wait_for_selector("#enter:not([disabled])")
    there.page.fill("#token", there.server.tokens["owner"])
    there.page.click("#enter")
    there.page.wait_for_selector(".mode")
    assert there.page.locator("h1").inner_text() == "Settings"


def test_signing_out_forgets_what_was_shown(visit):
    page = visit().sign_in("owner").page
    page.wait_for_selector("[data-figure=loads] .value")
    page.click("[data-do=sign-out]")
    assert page.locator("#token").input_value() == ""
    assert page.locator("[data-figure]").count() == 0
    assert page.evaluate("document.activeElement.id") == "token"


def test_a_revoked_token_ends_the_visit_with_the_reason(visit, server):
    server.tokens["leaving"] = server.make_token("owner", "acme")
    page = visit().sign_in("leaving", "#/settings").page
    page.wait_for_selector(".mode")
    server.revoke(server.tokens["leaving"])
    page.click("text=Dashboard")
    page.wait_for_selector("#token")
    until(lambda: "not valid any more" in page.locator("#token-problem").inner_text(), "the reason")


def test_each_token_opens_its_own_pages(visit):
    pages = {"operator": ["Dashboard", "Settings", "Health"], "owner": ["Dashboard", "Settings"]}
    for who, names in {**pages, "viewer": pages["owner"]}.items():
        page = visit().sign_in(who, "#/health").page
        assert page.locator("#pages a").all_inner_texts() == names
        assert page.locator("h1").inner_text() == ("Health" if who == "operator" else "Dashboard")
