"""Chromium without a driver, as visitors have it: with one it renders nothing in advance, and hides no tab.

The pages do themselves what a test tells them, and say what they see.
"""

from __future__ import annotations

import json
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from bundler.browsers import launch
from tests.browser import visits
from tests.browser.hosts.conftest import PLACE
from tests.browser.servers import Site

WITHIN_S = 30.0
IN_ADVANCE_S = 1.5  # a page that asked for something in advance would have done so by then

# `told` resolves once the test tells this word, `say` tells the test.
WORDS = """
  const told = async word => {
    while (!(await fetch(`SITE/${word}`)).ok) await new Promise(done => setTimeout(done, 100));
  };
  const say = text => fetch(`SITE/said?${encodeURIComponent(text)}`, {method: 'POST', keepalive: true});
"""
IS_UP = "window.Tresta && Tresta.getState('w1').status === 'ready'"


@dataclass
class Undriven:
    """A browser's pages: what they are told, and what they have said."""

    site: Site
    name: str = field(default_factory=lambda: f"/{uuid.uuid4().hex}")

    @property
    def words(self) -> str:
        """The JavaScript of `told` and `say`."""
        return WORDS.replace("SITE", self.site.url + self.name)

    def tell(self, word: str) -> None:
        self.site.file(f"{self.name}/{word}", "now", "text/plain")

    def said(self) -> list[str]:
        requests = [urlsplit(request.path) for request in list(self.site.received)]
        return [unquote(each.query) for each in requests if each.path == f"{self.name}/said"]

    def wait_for(self, text: str) -> None:
        visits.until(lambda: text in self.said(), f"{text!r} after {self.said()}", WITHIN_S)


@pytest.fixture
def pages(site) -> Undriven:
    return Undriven(site)


@pytest.fixture
def chromium(playwright, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """`chromium(url, *options)`: opens the URL in a new profile."""
    started: list[subprocess.Popen[bytes]] = []

    def open_page(url: str, *more: str) -> None:
        kind = launch.browser_type(playwright, "chromium")
        options = launch.launch_options(kind) or {}
        program = options.get("executable_path", kind.executable_path)
        always = ["--headless=new", "--no-first-run", f"--user-data-dir={tmp_path / 'profile'}"]
        command = [program, *options["args"], *always, *more, url]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    yield open_page
    for process in started:
        process.terminate()
        process.wait()


def loads(api):
    return [load for report in visits.reports(api) for load in report.loads]


RULES = """<script type=speculationrules>
  {"prerender": [{"source": "list", "urls": ["%s"], "eagerness": "immediate"}]}
</script>"""
RENDERED = """
  say(`rendered in advance: ${document.prerendering}`);
  const seen = setInterval(() => window.Tresta && (clearInterval(seen), say('the tag has run')), 100);
  document.addEventListener('prerenderingchange', () => {
    const names = performance.getEntriesByType('resource').map(({ name }) => name);
    say(`before: ${names.filter(name => /snapshot-|python-|runtime-|public/.test(name))}`);
  });
  told('leave').then(() => { location.href = ELSEWHERE });
"""


def test_a_page_that_the_browser_renders_in_advance_counts_one_load_once_it_is_opened(
    chromium, pages, site, faulty_api, tag
):
    elsewhere = site.page(f"<script>{pages.words} say('left')</script>")
    script = pages.words + RENDERED.replace("ELSEWHERE", f"'{elsewhere}'")
    target = site.page(f"<script>{script}</script>{PLACE}{tag(layout='carousel')}")
    start = f"{pages.words} told('open').then(() => {{ location.href = '{target}' }})"
    chromium(site.page(f"{RULES % target}<script>{start}</script>"))
    pages.wait_for("rendered in advance: true")
    pages.wait_for("the tag has run")
    time.sleep(IN_ADVANCE_S)
    assert faulty_api.request_count("w1") == 0
    opened_at = time.monotonic()
    pages.tell("open")
    pages.wait_for("before: ")  # neither content nor Python
    visits.until(lambda: loads(faulty_api), "the load", WITHIN_S)
    took_ms = (time.monotonic() - opened_at) * 1000
    pages.tell("leave")
    pages.wait_for("left")
    (load,) = loads(faulty_api)
    assert load.layout == "carousel"
    assert load.load_ms < took_ms
    assert pages.said().count("rendered in advance: true") == 1
    assert "rendered in advance: false" not in pages.said()


MANIFEST = {
    "manifest_version": 3,
    "name": "Discards a tab",
    "version": "1",
    "permissions": ["tabs"],
    "host_permissions": ["http://127.0.0.1/*"],
    "background": {"service_worker": "discard.js"},
}
DISCARD = """
  (async () => {
    const { id } = await chrome.tabs.create({ url: 'SHOP' });
    await told('hide');
    await chrome.tabs.create({ url: 'OTHER' });
    await told('discard');
    const tab = await chrome.tabs.discard(id);
    await say(`discarded: ${tab.discarded}`);
    await told('return');
    await chrome.tabs.update(tab.id, { active: true });
  })();
"""
SHOP = """
  say(`loaded, discarded before: ${document.wasDiscarded}`);
  document.addEventListener('visibilitychange', () => say(document.visibilityState));
  const use = () => document.querySelector('#tresta-widget-w1').shadowRoot.querySelector('button.next').click();
  if (!document.wasDiscarded) told('use').then(use).then(() => say('used'));
"""


def test_a_tab_that_the_browser_discards_has_reported_before_and_is_a_new_page_view_when_it_comes_back(
    chromium, pages, site, faulty_api, tag, tmp_path
):
    shop = site.page(f"<script>{pages.words}{SHOP}</script>{PLACE}{tag(layout='carousel')}")
    other = site.page("Another tab")
    extension = tmp_path / "extension"
    extension.mkdir()
    (extension / "manifest.json").write_text(json.dumps(MANIFEST))
    (extension / "discard.js").write_text(pages.words + DISCARD.replace("SHOP", shop).replace("OTHER", other))
    chromium("about:blank", f"--disable-extensions-except={extension}", f"--load-extension={extension}")
    pages.wait_for("loaded, discarded before: false")
    visits.until(lambda: len(loads(faulty_api)) == 1, "the first load", WITHIN_S)
    pages.tell("use")
    pages.wait_for("used")
    assert uses(faulty_api) == 0  # it waits until the page is hidden
    pages.tell("hide")
    pages.wait_for("hidden")
    visits.until(lambda: uses(faulty_api) == 1, "the use", WITHIN_S)
    pages.tell("discard")
    pages.wait_for("discarded: true")
    pages.tell("return")
    pages.wait_for("loaded, discarded before: true")
    visits.until(lambda: len(loads(faulty_api)) == 2, "the second load", WITHIN_S)
    assert uses(faulty_api) == 1


def uses(api):
    return sum(sum(report.interactions.values()) for report in visits.reports(api))
