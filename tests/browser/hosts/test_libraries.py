"""Pages whose own scripts have changed the browser's objects: old libraries, extensions, frozen prototypes, names."""

from __future__ import annotations

import pytest

from tests.browser import visits
from tests.browser.hosts.conftest import CARD, PLACE

ROOT = "document.querySelector('#tresta-widget-w1').shadowRoot"
TO_JSON = """{
  const toJSON = function () { return '[' + this.map(each => String(each)).join(', ') + ']'; };
  Array.prototype.toJSON = toJSON;
  Object.prototype.toJSON = function () { return 'an object'; };
  Date.prototype.toJSON = String.prototype.toJSON = Number.prototype.toJSON = function () { return 'x'; };
}"""
# Methods that Prototype.js and MooTools put on every element, or on arrays and functions.
OLD_METHODS = """{
  const element = HTMLElement.prototype;
  element.scrollTo = function () { window.scrollTo(0, this.getBoundingClientRect().top + scrollY); return this; };
  for (const name of ['show', 'hide', 'toggle', 'update', 'insert', 'wrap', 'select', 'adopt', 'empty', 'set', 'get'])
    element[name] = function () { return this; };
  element.scrollIntoView = element.scrollBy = element.scrollTo;
  Function.prototype.bind = function (self, ...first) {
    const method = this;
    return function (...rest) { return method.apply(self, [...first, ...rest]); };
  };
  Array.from = list => { const all = []; for (let n = 0; n < (list?.length ?? 0); n++) all.push(list[n]); return all; };
  Array.prototype.each = Array.prototype.forEach;
  Array.prototype.find = function (test, self) { for (const one of this) if (test.call(self, one)) return one; };
  Array.prototype.contains = Array.prototype.includes;
  Object.prototype.extend = function () { return this; };
}"""
# What bundlers put into a page in place of Node.js, a console that says nothing, and a value that everything has.
POLYFILLS = """{
  window.process = { versions: { node: '20.0.0' }, env: {}, argv: [] };
  window.console = {};
  Object.prototype.polyfilled = true;
}"""
NAMES = [
    "hidden",
    "prerendering",
    "head",
    "body",
    "title",
    "forms",
    "cookie",
    "referrer",
    "Tresta",
    "fetch",
    "performance",
    "crypto",
]

pytestmark = pytest.mark.usefixtures("quiet")


def visit_and_leave(page, site, api):
    """Uses the widget once, and returns the layouts of the loads and the number of uses that arrived."""
    page.evaluate("Tresta.ready.then(() => {})")
    visits.wait_until_shown(page, "w1")
    page.locator("#tresta-widget-w1").locator("button.next, button.more").first.click()
    visits.leave(page, site, api)
    reports = visits.reports(api)
    loads = [load.layout for report in reports for load in report.loads]
    return loads, sum(sum(report.interactions.values()) for report in reports)


@pytest.mark.parametrize("script", [TO_JSON, OLD_METHODS, POLYFILLS], ids=["toJSON", "old methods", "polyfills"])
@pytest.mark.parametrize("layout", ["grid", "carousel"])
def test_a_page_with_an_old_library_shows_moves_and_counts(site, page, faulty_api, tag, layout, script):
    page.goto(site.page(PLACE + tag(layout=layout), head=f"<script>{script}</script>"))
    page.locator(CARD).first.wait_for()
    assert visit_and_leave(page, site, faulty_api) == ([layout], 1)


def test_a_carousel_does_not_scroll_the_page_of_an_old_library(site, page, tag):
    body = f'<div style="height: 650px">Read this.</div>{PLACE}{tag(layout="carousel")}<div style="height: 3000px">'
    page.goto(site.page(body, head=f"<script>{OLD_METHODS}</script>"))
    page.locator(CARD).first.wait_for()
    page.evaluate(f"{ROOT}.querySelector('button.next').click()")
    page.wait_for_function(f"{ROOT}.querySelector('.slides').scrollLeft > 0")
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("where", ["first", "last", "everywhere"])
@pytest.mark.parametrize("layout", ["grid", "carousel"])
def test_style_elements_of_an_extension_in_the_root_change_nothing(site, page, tag, layout, where):
    page.goto(site.page(PLACE + tag(layout=layout, telemetry="false")))
    page.locator(CARD).first.wait_for()
    page.evaluate(
        """([root, where]) => {
          const style = () => Object.assign(document.createElement('style'), {className: 'darkreader'});
          if (where === 'first') root.prepend(style());
          else if (where === 'last') root.append(style());
          else for (const element of [root, ...root.querySelectorAll('*')]) element.append(style());
        }""".replace("[root, where]", "where").replace("=> {", f"=> {{ const root = {ROOT};", 1),
        where,
    )
    page.evaluate("Tresta.ready.then(() => {})")
    if layout == "carousel":
        page.evaluate(f"{ROOT}.querySelector('button.next').click()")
        page.wait_for_function(f"{ROOT}.querySelector('.slides').scrollLeft > 0")
    else:
        page.evaluate(f"{ROOT}.querySelector('button.more').click()")
        page.wait_for_function(f"{ROOT}.querySelector('.card[data-open]')")


def test_an_extensions_style_does_not_stop_show_all(site, page, tag):
    low = PLACE.replace("360", "170")
    page.goto(site.page(f"{low}<p>Below</p>{tag(telemetry='false')}"))
    page.wait_for_function(f"{ROOT}?.querySelector('[data-clamped]')")
    page.evaluate(f"{ROOT}.prepend(document.createElement('style'))")
    page.locator("#tresta-widget-w1 [data-action=expand]").click()
    page.wait_for_function(f"!{ROOT}.querySelector('[data-clamped]')")


@pytest.mark.parametrize(
    "element", ["<iframe name={} hidden></iframe>", "<form name={} id={}></form>", "<img name={}>"]
)
def test_elements_with_the_names_of_what_the_browser_has_change_nothing(site, page, faulty_api, tag, element):
    elements = "".join(element.format(name, name) for name in NAMES)
    page.goto(site.page(elements + PLACE + tag(layout="carousel")))
    page.locator(CARD).first.wait_for()
    assert visit_and_leave(page, site, faulty_api) == (["carousel"], 1)


def test_with_frozen_prototypes_the_content_stands_and_a_failure_has_a_code_and_is_counted(
    site, new_context, faulty_api, tag, record
):
    page = new_context(cold=True).new_page()
    page.goto(site.page(PLACE + tag(layout="carousel"), head="<script>Object.freeze(Object.prototype)</script>"))
    page.locator(CARD).first.wait_for()
    code = page.evaluate("Tresta.ready.then(() => '', ({ code }) => code)")
    page.evaluate(f"{ROOT}.querySelector('button.next').click()")
    page.wait_for_function(f"{ROOT}.querySelector('.slides').scrollLeft > 0")
    page.evaluate(visits.SETTLED)
    visits.leave(page, site, faulty_api)
    (report,) = visits.reports(faulty_api)
    assert len(report.loads) == 1
    assert report.errors == ({code: 1} if code else {})
    assert len(record.cold_loads) <= 1  # Python cannot start here, and says so with code that does not run elsewhere
    record.requests.clear()


def test_a_hundred_widgets_of_two_ids_make_two_requests(site, page, faulty_api, tag):
    one, two = tag(telemetry="false"), tag(widget="w2", telemetry="false")
    places = (PLACE + PLACE.replace("w1", "w2")) * 50
    page.goto(site.page(places + (one + two) * 50))
    page.wait_for_function(
        "[...document.querySelectorAll('[id^=tresta-widget-]')].every(e => e.shadowRoot?.querySelector('.card'))"
    )
    page.evaluate(visits.SETTLED)
    assert (faulty_api.request_count("w1"), faulty_api.request_count("w2")) == (1, 1)


def test_the_pages_own_errors_stay_its_own(site, page, tag, record):
    script = """
      window.heard = [];
      addEventListener('error', event => { heard.push(event.message); event.preventDefault(); });
      addEventListener('unhandledrejection', event => { heard.push(event.reason.message); event.preventDefault(); });
    """
    page.goto(site.page(PLACE + tag(), head=f"<script>{script}</script>"))
    page.locator(CARD).first.wait_for()
    page.evaluate("Tresta.ready.then(() => {})")
    page.evaluate("{ setTimeout(() => { throw Error('mine'); }); Promise.reject(Error('mine too')); undefined; }")
    page.evaluate("Tresta.q.push(() => { throw Error('in the queue'); })")
    page.wait_for_function("heard.length >= 3")
    assert sorted(line.split("Error: ")[-1] for line in page.evaluate("heard")) == ["in the queue", "mine", "mine too"]
    record.errors.clear()  # which are the page's own


def test_only_one_global_is_added(site, page, tag):
    before = "window.before = new Set(Reflect.ownKeys(window)); before.add('before')"
    page.goto(site.page(PLACE + tag(layout="carousel"), head=f"<script>{before}</script>"))
    page.locator(CARD).first.wait_for()
    page.evaluate("Tresta.ready.then(() => {})")
    visits.wait_until_shown(page, "w1")
    added = page.evaluate("Reflect.ownKeys(window).filter(key => !before.has(key)).map(String)")
    assert [name for name in added if not name.startswith("__pw")] == ["Tresta"]  # the others are Playwright's
