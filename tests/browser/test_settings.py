"""An account's setting, changed on the command line of a running server, and the visits that follow."""

from __future__ import annotations

import pytest

from tests.browser import visits


@pytest.fixture
def switched(origins, browser):
    """The widget of an account of its own, and `switched(mode, rate)`, which sets it as a person does."""
    account = f"switched-{browser.browser_type.name}"
    widget = origins.add_widget(f"of-{account}", visits.content(), account=account)

    def switch(*arguments: str) -> None:
        origins.tell("account", "set", account, *arguments)
        mode = arguments[1]
        visits.until(lambda: origins.content(widget)["telemetry"]["mode"] == mode, f"the content to say {mode}")

    return widget, switch


def test_a_change_holds_from_the_next_page_load_on(origins, site, page, switched, record):
    widget, switch = switched
    other = origins.add_widget(f"beside-{widget}", visits.content())
    url = site.page(origins.tag(widget) + origins.tag(other))

    def visit(expected):
        """One more visit; both widgets report in one batch, so the other's rows are there only when all are."""
        before = len(origins.rows(widget=other, kind="error"))
        page.goto(url)
        visits.shown(page, widget, other)
        for each in (widget, other):
            visits.track(page, each, "CHECKOUT_BROKEN")
        page.goto(site.page(""))
        origins.wait_for_rows(lambda rows: len(rows) == before + 1, widget=other, kind="error")
        assert len(origins.rows(widget=widget, kind="load")) == expected
        assert len(origins.rows(widget=widget, kind="error")) == expected

    def refused():
        return origins.health()["refused"].get("account_off", 0)

    visit(expected=1)
    switch("--mode", "off")
    before = refused()
    visit(expected=1)  # though the browser has a copy of the content from before
    assert refused() == before  # nothing was sent that the server would have had to refuse
    switch("--mode", "opt-in", "--rate", "1", "--confirm", "I have asked my visitors")
    visit(expected=2)
    assert record.errors == []
