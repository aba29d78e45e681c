"""The operator's page: incoming rows, refused requests and their reasons, and the age of the oldest row."""

from __future__ import annotations

import urllib.error

import pytest

from tests.console.running import address, until


def figure(page, title):
    return page.locator("section.figure", has=page.locator(f"h2:text-is('{title}')")).inner_text()


def test_it_shows_the_servers_own_health_figures(visit, server):
    with pytest.raises(urllib.error.HTTPError):
        server.send(1, widget="nobody")
    page = visit().sign_in("operator", "#/health").page
    page.wait_for_selector(".state h2")
    health = server.api("/health", server.tokens["operator"])
    assert page.locator(".state h2").inner_text() == "All is well"
    assert f"{health['queue']['capacity']:,} at most" in figure(page, "Queue")
    assert f"{health['oldest_days']:.1f}" in figure(page, "Oldest row")
    assert "days old; deleted after 90 days" in figure(page, "Oldest row")
    assert f"{health['store']['rows']:,} rows" in figure(page, "Store")
    assert "a widget that is not registered" in page.locator(".refused").inner_text()
    assert page.locator(".u-over").count() == 1


def test_it_updates_by_itself(visit, server):
    page = visit().sign_in("operator", "#/health").page
    page.wait_for_selector(".state h2")
    before = server.api("/health", server.tokens["operator"])["store"]["rows"]
    server.send(7)
    until(lambda: f"{before + 7:,} rows" in figure(page, "Store"), "the new rows")


def test_an_operator_sees_every_account(visit):
    page = visit().sign_in("operator").page
    page.wait_for_selector("[data-figure=loads] .value")
    page.select_option("#account", "quiet")
    page.wait_for_selector(".empty:not([hidden])")
    assert "account=quiet" in address(page)
    assert "Quiet Garden" in page.title()


def test_the_hour_has_zeros_from_the_servers_start_and_nothing_before(visit, server):
    page = visit().sign_in("operator", "#/health").page
    page.locator(".u-over").wait_for()
    page.locator(".canvas").focus()
    page.keyboard.press("Home")
    until(lambda: "Rows stored" in page.locator("#announcement").inner_text(), "the first minute")
    assert "cannot be told" in page.locator("#announcement").inner_text()
    page.keyboard.press("End")
    until(lambda: "not finished" in page.locator("#announcement").inner_text(), "the current minute")
    assert "cannot be told" not in page.locator("#announcement").inner_text()
