"""An owner who turns telemetry off in the console: it applies from the next visit of a page."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.browser.origins import ROOT

SETTLED_S = 1.0  # longer than it takes to store a batch


def owner_token(origins):
    command = [sys.executable, "-m", "server", "token", "make", "--scope", "owner", "--account", "demo"]
    command += ["--label", "the owner", "--data", str(origins.data)]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return next(word for word in output.split() if word.startswith("tresta_"))


def choose(page, mode):
    page.check(f"#mode-{mode}")
    if mode == "opt-in":
        page.select_option("#rate", label="every visit (100%)")
        page.fill("#confirmation", "I have asked my visitors")
    page.click("#save")
    page.wait_for_selector("#saved:has-text('Saved')")


def visit_shop(new_context, origins, site):
    """One visit of a page with the widget, in a new profile."""
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
        before_visit = refusals(origins)
        visit_shop(new_context, origins, site)
        # A page sends when the visitor leaves: by this deadline a second row would be stored, or counted as refused.
        deadline = time.monotonic() + SETTLED_S
        while time.monotonic() < deadline:
            assert loads() == before + 1
        assert refusals(origins) == before_visit  # the page sent nothing
    finally:
        choose(console, "opt-in")
    visit_shop(new_context, origins, site)
    origins.wait_for_rows(lambda rows: len(rows) == before + 2, widget="demo-grid", kind="load")


def refusals(origins):
    """How many requests the server has refused."""
    return origins.health()["refused"]
