"""Signing in and out, with a token that stays in memory only."""

from __future__ import annotations

import pytest

from tests.console.running import until

STORAGE = """async () => JSON.stringify([
  document.cookie, {...localStorage}, {...sessionStorage}, location.href, history.state, window.name,
  (await indexedDB.databases()).map(each => each.name), await caches.keys(),
])"""


@pytest.mark.parametrize("token", ["nonsense", "tresta_1_wrong", "\u20ac"])
def test_an_invalid_token_is_refused_with_a_reason(visit, token):
    page = visit().open().page
    page.fill("#token", token)
    page.click("#enter")
    until(lambda: "does not know this token" in page.locator("#token-problem").inner_text(), "the sentence")
    assert page.locator("#enter").is_enabled()
    assert page.evaluate("document.activeElement.id") == "token"


def test_the_token_stays_in_memory_only(visit, server, record):
    page = visit().sign_in("owner").page
    page.wait_for_selector("[data-figure=loads] .value")
    storage = page.evaluate(STORAGE)
    assert server.tokens["owner"].split("_")[2] not in storage
    assert storage.startswith('["",{},{},')
    assert not any(server.tokens["owner"] in url for url in record.urls)
    assert server.tokens["owner"] not in page.content()


def test_a_reload_asks_for_the_token_and_returns_to_the_same_page(visit):
    user = visit().sign_in("owner", "#/settings")
    user.page.reload()
    user.page.wait_for_selector("#enter:not([disabled])")
    user.page.fill("#token", user.server.tokens["owner"])
    user.page.click("#enter")
    user.page.wait_for_selector(".mode")
    assert user.page.locator("h1").inner_text() == "Settings"


def test_signing_out_removes_the_data(visit):
    page = visit().sign_in("owner").page
    page.wait_for_selector("[data-figure=loads] .value")
    page.click("[data-do=sign-out]")
    assert page.locator("#token").input_value() == ""
    assert page.locator("[data-figure]").count() == 0
    assert page.evaluate("document.activeElement.id") == "token"


def test_a_revoked_token_signs_out_with_the_reason(visit, server):
    server.tokens["leaving"] = server.make_token("owner", "acme")
    page = visit().sign_in("leaving", "#/settings").page
    page.wait_for_selector(".mode")
    server.revoke(server.tokens["leaving"])
    page.click("text=Dashboard")
    page.wait_for_selector("#token")
    until(lambda: "no longer valid" in page.locator("#token-problem").inner_text(), "the reason")


def test_each_scope_opens_its_own_pages(visit):
    pages = {"operator": ["Dashboard", "Settings", "Health"], "owner": ["Dashboard", "Settings"]}
    for who, names in {**pages, "viewer": pages["owner"]}.items():
        page = visit().sign_in(who, "#/health").page
        assert page.locator("#pages a").all_inner_texts() == names
        assert page.locator("h1").inner_text() == ("Health" if who == "operator" else "Dashboard")
