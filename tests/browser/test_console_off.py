"""The owner's no, all the way: said in the console, it reaches the next visit of a page."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.browser.origins import ROOT

SETTLED_S = 1.0  # longer than a batch takes to its row


def owner_token(origins):
    command = [sys.executable, "-m", "server", "token", "make", "--scope", "owner", "--account", "demo"]
    command += ["--label", "the owner", "--data", str(origins.data)]
    told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return next(word for word in told.split() if word.startswith("tresta_"))


def choose(page, mode):
    page.check(f"#mode-{mode}")
    if mode == "opt-in":
        page.select_option("#rate", label="every visit (100%)")
        page.fill("#confirmation", "I have asked my visitors")
    page.click("#save")
    page.wait_for_selector("#saved:has-text('Saved')")


def visit_shop(new_context, origins, site):
    """One visitor comes, sees the widget, and goes; the page is a fresh profile's."""
    page = new_context().new_page()
    page.goto(site.page(origins.tag("demo-grid", runtime="eager")))
    page.locator(".tresta .card").first.wait_for()
    page.evaluate("Tresta.ready.then(() => true)")
    page.goto(site.page("Elsewhere"))
    return page


def test_an_owner_turns_telemetry_off_and_the_next_visit_sends_nothing(origins, new_context, site):
    console = new_context().new_page()
    console.goto(f"{origins.api}/console/#/settings")
    console.wait_for_selector("#enter:not([disabled])")
    console.fill("#token", owner_token(origins))
    console.click("#enter")
    console.wait_for_selector(".mode")

    def loads():
        return len(origins.rows(widget="demo-grid", kind="load"))

    before = loads()
    visit_shop(new_context, origins, site)
    origins.wait_for_rows(lambda rows: len(rows) == before + 1, widget="demo-grid", kind="load")
    choose(console, "off")
    try:
        sent = refused(console)
        visit_shop(new_context, origins, site)
        # A page that sends does so as it goes; a second row would be there, or counted as refused, well before this.
        deadline = time.monotonic() + SETTLED_S
        while time.monotonic() < deadline:
            assert loads() == before + 1
        assert refused(console) == sent  # it was not even asked
    finally:
        choose(console, "opt-in")
    visit_shop(new_context, origins, site)
    origins.wait_for_rows(lambda rows: len(rows) == before + 2, widget="demo-grid", kind="load")


def refused(page):
    """How many requests the server has turned away."""
    return page.evaluate("fetch('/health').then(answer => answer.json()).then(health => health.refused)")
