"""An account's telemetry setting, changed on the command line while the server runs."""

from __future__ import annotations

import pytest

from tests.browser import visits


@pytest.fixture
def account_setting(origins, browser):
    """A widget with an account of its own, and a function that changes the account's setting."""
    account = f"switched-{browser.browser_type.name}"
    widget = origins.add_widget(f"of-{account}", visits.content(), account=account)

    def switch(*arguments: str) -> None:
        origins.run_command("account", "set", account, *arguments)
        mode = arguments[1]
        visits.until(lambda: origins.content(widget)["telemetry"]["mode"] == mode, f"the content to say {mode}")

    return widget, switch


def test_a_change_applies_from_the_next_page_load(origins, site, page, account_setting, record):
    widget, switch = account_setting
    other = origins.add_widget(f"beside-{widget}", visits.content())
    url = site.page(origins.tag(widget) + origins.tag(other))

    def visit(expected):
        """One more visit. Both widgets report in one batch: once the other's rows are stored, all are."""
        before = len(origins.rows(widget=other, kind="error"))
        page.goto(url)
        visits.wait_until_shown(page, widget, other)
        for each in (widget, other):
            visits.track(page, each, "CHECKOUT_BROKEN")
        page.goto(site.page(""))
        origins.wait_for_rows(lambda rows: len(rows) == before + 1, widget=other, kind="error")
        assert len(origins.rows(widget=widget, kind="load")) == expected
        assert len(origins.rows(widget=widget, kind="error")) == expected

    def refusals():
        return origins.health()["refused"].get("account_off", 0)

    visit(expected=1)
    switch("--mode", "off")
    before = refusals()
    visit(expected=1)  # although the browser has a copy of the old content
    assert refusals() == before  # the page sent nothing
    switch("--mode", "opt-in", "--rate", "1", "--confirm", "I have asked my visitors")
    visit(expected=2)
    assert record.errors == []
