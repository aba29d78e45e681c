"""Signing in and out, with a token that stays in memory only."""

from __future__ import annotations

import re
import time

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
    page.wait_for_selector("#audit td")  # the last part, so that nothing else is asked for
    server.revoke(server.tokens["leaving"])
    page.click("text=Dashboard")
    page.wait_for_selector("#token")
    until(lambda: "no longer valid" in page.locator("#token-problem").inner_text(), "the reason")


def test_what_was_about_to_load_when_the_user_signs_out_does_not_begin(visit, record):
    page = visit().sign_in("owner").page
    page.wait_for_selector("[data-figure=loads] .value")
    record.urls.clear()
    page.evaluate("""() => {
      dispatchEvent(new HashChangeEvent("hashchange"));  // the dashboard loads anew, after this task
      document.querySelector("[data-do=sign-out]").click();
    }""")
    page.wait_for_selector("#token")
    page.evaluate("new Promise(after => setTimeout(after, 300))")
    assert [url for url in record.urls if "/dashboard" in url] == []


def test_each_scope_opens_its_own_pages(visit):
    names = ["Dashboard", "Experiments", "Alerts", "Settings"]
    pages = {"owner": names, "operator": [*names, "Health"]}
    for who, names in {**pages, "viewer": pages["owner"]}.items():
        page = visit().sign_in(who, "#/health").page
        assert page.locator("#pages a").all_inner_texts() == names
        assert page.locator("#page .notice").count() == (who != "operator")  # it says why this is another page
        assert page.locator("h1").inner_text() == ("Health" if who == "operator" else "Dashboard")


def test_staying_signed_in_is_offered_holds_for_this_tab_and_ends_with_signing_out(visit, server):
    user = visit().open()
    page = user.page
    assert not page.locator("#stay").is_checked()
    page.check("#stay")
    page.fill("#token", server.tokens["owner"])
    page.press("#token", "Enter")
    page.wait_for_selector("#page h1")
    page.reload()
    page.wait_for_selector("#page h1")
    page.click("[data-do=sign-out]")
    assert page.evaluate(STORAGE).startswith('["",{},{},')
    page.reload()
    page.wait_for_selector("#enter:not([disabled])")
    assert page.locator("#page").count() == 0


def test_a_read_only_link_opens_the_console_and_leaves_no_token_in_the_address(visit, server):
    owner = visit(permissions=[]).sign_in("owner", "#/settings").page
    owner.fill("#link-label", "The board")
    owner.click("form[data-kind=link] button")
    owner.wait_for_selector(".once code")
    link = owner.locator(".once code").inner_text()
    assert "#open=tresta_" in link
    page = visit().page
    page.goto(f"{link}&/dashboard?range=30d")
    page.wait_for_selector("[data-figure=loads] .value")
    assert page.evaluate("location.hash").startswith("#/dashboard?range=30d")
    assert "tresta_" not in page.evaluate(STORAGE)
    page.click("text=Settings")
    page.wait_for_selector(".mode")
    assert page.locator("#save").count() == 0  # it can only read
    row = owner.locator(".tokens li", has_text="The board")
    assert "read-only link" in row.inner_text() and "ends" in row.inner_text()
    row.locator("[data-do=revoke]").click()
    owner.click("[data-do=revoke-now]")
    until(lambda: row.count() == 0, "it is revoked")
    other = visit().page
    other.goto(link)
    until(lambda: "This link has ended" in other.locator("#token-problem").inner_text(), "the reason")


@pytest.mark.parametrize(("kbit_s", "latency_ms", "within_s"), [(1600, 150, 3.0), (50, 150, None)])
def test_a_slow_line_shows_progress_and_signs_in_before_python_is_up(
    visit, server, browser, kbit_s, latency_ms, within_s
):
    if browser.browser_type.name == "firefox":
        return  # only Chromium can be given a slow line
    page = visit().page
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    limits = {"latency": latency_ms, "downloadThroughput": kbit_s * 125, "uploadThroughput": kbit_s * 125}
    line.send("Network.emulateNetworkConditions", {"offline": False, **limits})
    start = time.monotonic()
    page.goto(f"{server.url}/console/", wait_until="commit")
    page.wait_for_selector("#enter:not([disabled])")
    page.wait_for_selector("#loaded:not(:empty)")
    assert re.fullmatch(r"Loading the console: \d+ of \d+ KB", page.locator("#loaded").inner_text())
    assert "eload" not in page.locator("#loading").inner_text()  # nothing invites to a reload
    form_s = time.monotonic() - start
    page.fill("#token", server.tokens["owner"])
    page.press("#token", "Enter")
    page.wait_for_selector("#signed-in:not(:empty), #page h1")
    print(f"{kbit_s} kbit/s: form after {form_s:.1f} s, signed in after {time.monotonic() - start:.1f} s")
    if within_s:
        assert time.monotonic() - start < within_s
        page.wait_for_selector("#page h1")
    else:
        before = page.locator("#progress").evaluate("each => each.value")
        until(lambda: page.locator("#progress").evaluate("each => each.value") > before, "progress")
