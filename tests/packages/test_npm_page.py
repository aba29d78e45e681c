"""The npm package in real pages, made with esbuild and React, with the project's own CDN and API."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bundler.machine import node
from bundler.packages import npm

HERE = Path(__file__).parent

IS_READY = "id => window.Tresta && Tresta.getState(id).status === 'ready'"
STATUS = "id => Tresta.getState(id).status"
SCRIPTS = "document.querySelectorAll('script[src*=\"embed\"]').length"
# How often a widget stands in the React page.
WIDGETS = """() => [...document.querySelectorAll('#app *')]
  .reduce((count, { shadowRoot }) => count + (shadowRoot?.querySelectorAll('.tresta').length ?? 0), 0)"""
LOAD = "options => loadTresta(options).then(tresta => tresta === window.Tresta, error => error.message)"

# `listeners` is how many were added and not removed again, on whatever there is or was in the page.
COUNT_LISTENERS = """{
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const byTarget = new WeakMap();
  const listenersOf = (target, type, options) => {
    if (!byTarget.has(target)) byTarget.set(target, new Map());
    const byName = byTarget.get(target), name = `${type} ${Boolean(options?.capture ?? options)}`;
    return byName.get(name) ?? byName.set(name, new Set()).get(name);
  };
  window.listeners = 0;
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const all = listenersOf(this ?? window, type, options);
    if (listener && !options?.once && !all.has(listener)) {
      all.add(listener), listeners++;
      const remove = () => all.delete(listener) && listeners--;
      if (options?.signal) addEventListener.call(options.signal, "abort", remove);
    }
    return addEventListener.call(this ?? window, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    if (listenersOf(this ?? window, type, options).delete(listener)) listeners--;
    return removeEventListener.call(this ?? window, type, listener, options);
  };
}"""
CYCLE = """async ([props, count]) => {
  const until = async condition => {
    while (!condition()) await new Promise(done => setTimeout(done, 5));
  };
  for (let n = 0; n < count; n++) {
    states.length = 0;
    show(props);
    await until(() => states.length);
    show(null);
    await until(() => !document.querySelector('#app').firstChild);
  }
  await new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)));
}"""


def bundle(project: Path, source: str, *options: str) -> str:
    """A source of the project, with all that it imports, as a script for a page."""
    target = project / "out" / f"{Path(source).stem}.js"
    development = '--define:process.env.NODE_ENV="development"'  # StrictMode mounts twice in no other
    mode = ("--bundle", "--format=iife", "--jsx=automatic", "--log-level=warning", development)
    failure = f"{source} could not be bundled."
    node.run("esbuild/bin/esbuild", project / source, f"--outfile={target}", *mode, *options, failure=failure)
    return target.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def script(project):
    """The React page's script."""
    shutil.copy(HERE / "shop.tsx", project)
    return bundle(project, "shop.tsx")


@pytest.fixture(scope="module")
def embed(tgz, origins, run_node):
    """The address of the package's own embed script on the tests' CDN, and the package's hash of it."""
    names = "import('tresta-widget').then(({ EMBED_URL, EMBED_INTEGRITY }) => console.log(EMBED_URL, EMBED_INTEGRITY))"
    url, integrity = run_node("--eval", names).stdout.split()
    return {"src": url.replace(npm.CDN_URL, origins.cdn), "integrity": integrity}


@pytest.fixture
def react_page(site, script):
    """`react_page(props)`: the address of the React page. It shows the widget as soon as it has loaded, if any."""
    site.file("/shop.js", script, "text/javascript")

    def address(props=None, *, before="", **options):
        body = f"<main id=app></main>{before}<script nonce=abc src=/shop.js></script>"
        return site.page(f"{body}<script nonce=abc>show({json.dumps(props)})</script>", **options)

    return address


@pytest.fixture
def url(react_page):
    """The React page without a widget."""
    return react_page()


@pytest.fixture
def props(origins, embed):
    """`props("w1")`: what the React component takes to show the widget."""
    return lambda widget, **more: {"widgetId": widget, "apiUrl": origins.api, **embed, **more}


def show(page, props):
    page.evaluate("props => show(props)", props)


def uncaught_errors(record):
    """What was thrown. Firefox lists among it the scripts that it refuses to run."""
    reports = ("hashes in the integrity attribute", "settings blocked a script", "Failed to load", "Loading failed")
    return [error for error in record.errors if not any(words in error for words in reports)]


def warnings(record):
    return [line for line in record.console if line.startswith(("warning", "error"))]


def test_strict_modes_double_mount_shows_the_widget_once(page, url, props, record):
    page.goto(url)
    show(page, props("w1"))
    page.wait_for_function("states.length")
    assert page.evaluate("effects") == 2  # React did mount twice
    assert page.evaluate(IS_READY, "w1")
    assert page.evaluate(WIDGETS) == page.evaluate(SCRIPTS) == 1
    assert page.locator("#tresta-widget-w1 .card").count() > 0
    states = page.evaluate("states")
    assert [(state["status"], state["widget"], state["code"]) for state in states] == [("ready", "w1", "")]
    assert record.errors == warnings(record) == []


def test_changed_props_mount_it_anew_and_equal_ones_do_not(page, url, props, record):
    page.goto(url)
    show(page, props("w1", layout="list"))
    page.wait_for_function(IS_READY, arg="w1")
    page.evaluate("document.querySelector('#app div').shadowRoot.firstChild.setAttribute('data-same', '')")
    show(page, props("w1", layout="list"))
    page.evaluate("new Promise(done => setTimeout(done, 100))")
    assert page.locator("#app [data-layout=list][data-same]").count() == 1
    show(page, props("w1", layout="masonry"))
    page.locator("#app [data-layout=masonry] .card").first.wait_for()
    show(page, props("demo-list"))
    page.wait_for_function(IS_READY, arg="demo-list")
    assert page.evaluate(STATUS, "w1") == "unmounted"
    assert page.evaluate(WIDGETS) == page.evaluate(SCRIPTS) == 1
    page.wait_for_function("states.at(-1).widget === 'demo-list'")
    assert record.errors == warnings(record) == []


def test_taken_away_it_leaves_nothing_behind(page, url, props, record):
    page.goto(url)
    show(page, props("demo-carousel"))
    page.wait_for_function(IS_READY, arg="demo-carousel")
    page.evaluate("window.place = document.querySelector('#app div')")
    show(page, None)
    page.wait_for_function("document.querySelector('#app').innerHTML === ''")
    assert page.evaluate("place.shadowRoot.innerHTML") == "<slot></slot>"
    assert page.evaluate("[Tresta.getState(place).status, place.style.cssText]") == ["unmounted", "min-height: 360px;"]
    assert record.errors == warnings(record) == []


@pytest.mark.parametrize("file", ["embed-*.js", "boot-*.js", "public*"])
def test_taken_away_before_it_has_come_it_never_comes(page, url, props, record, file):
    routes = []
    page.goto(url)
    page.route(f"**/{file}", lambda route: routes.append(route))
    with page.expect_request(f"**/{file}"):
        show(page, props("w1"))
    show(page, None)
    page.wait_for_function("document.querySelector('#app').innerHTML === ''")
    for route in routes:
        route.continue_()
    page.unroute(f"**/{file}")
    page.wait_for_function("window.Tresta")
    page.evaluate("Tresta.ready.then(() => new Promise(done => setTimeout(done, 200)))")
    assert page.evaluate(STATUS, "w1") == "unmounted"
    assert page.evaluate("document.querySelector('#app').innerHTML") == ""
    assert page.evaluate("states") == []
    content = [request.url for request in record.requests if "/api/widgets/w1/public" in request.url]
    assert bool(content) == (file == "public*")  # nor is it mounted in the element that is gone
    assert record.errors == warnings(record) == []


def test_coming_and_going_adds_no_listener_and_no_node(page, url, props, browser, record):
    page.add_init_script(COUNT_LISTENERS)
    page.goto(url)
    carousel = props("demo-carousel")  # the layout with the most listeners

    def counts(cycles):
        page.evaluate(CYCLE, [carousel, cycles])
        counted = {"listeners": page.evaluate("listeners")}
        if browser.browser_type.name == "chromium":  # which counts for itself, too
            session = page.context.new_cdp_session(page)
            session.send("HeapProfiler.collectGarbage")
            session.send("Performance.enable")
            metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
            counted |= {name: metrics[name] for name in ("JSEventListeners", "Nodes")}
            session.detach()
        return counted

    before = counts(5)
    assert before["listeners"] > 10  # it does count
    after = counts(20)
    assert after["listeners"] == before["listeners"]
    assert after.get("JSEventListeners", 0) <= before.get("JSEventListeners", 0)
    assert after.get("Nodes", 0) < before.get("Nodes", 0) + 100  # one widget has more
    assert record.errors == warnings(record) == []


def test_it_is_there_again_after_going_away_and_back(page, site, react_page, props, record):
    first_card = page.locator("#tresta-widget-w1 .card").first
    page.goto(react_page(props("w1")))
    first_card.wait_for()
    show(page, None)  # a router goes to another place, and back
    first_card.wait_for(state="detached")
    show(page, props("w1"))
    first_card.wait_for()
    page.goto(site.page("<p id=elsewhere>Elsewhere"))
    page.evaluate("history.back()")
    # The browser kept the page as it was, or runs it again. Playwright's locators wait for Firefox to finish this.
    page.wait_for_function("document.querySelector('#app div')?.shadowRoot?.querySelector('.card')")
    assert page.evaluate(WIDGETS) == page.evaluate(SCRIPTS) == 1
    assert record.errors == warnings(record) == []


def test_a_script_with_another_hash_is_not_run_and_the_next_call_tries_again(page, url, embed, record):
    page.goto(url)
    wrong = {**embed, "integrity": f"sha384-{'A' * 64}"}
    message = page.evaluate(LOAD, wrong)
    assert message.startswith(f"Tresta could not be loaded from {embed['src']}: ")
    assert "its bytes do not have the hash in `integrity`" in message
    assert page.evaluate(f"[{SCRIPTS}, typeof window.Tresta]") == [0, "undefined"]
    assert page.evaluate(LOAD, embed) is True
    assert page.evaluate(SCRIPTS) == 1
    assert uncaught_errors(record) == []


def test_without_options_it_takes_the_pinned_script_of_the_products_cdn_and_checks_it(page, url, origins, record):
    urls = []

    def cdn(addition):
        def answer(route):
            urls.append(route.request.url)
            real = route.fetch(url=route.request.url.replace(npm.CDN_URL, origins.cdn))
            route.fulfill(response=real, body=real.body() + addition)

        return answer

    page.goto(url)
    page.route(f"{npm.CDN_URL}/**", cdn(b"// another release"))
    assert "do not have the hash" in page.evaluate(LOAD, {})
    page.unroute(f"{npm.CDN_URL}/**")
    page.route(f"{npm.CDN_URL}/**", cdn(b""))
    assert page.evaluate(LOAD, {}) is True
    assert len(urls) == 2
    assert all(url.startswith(f"{npm.CDN_URL}/embed-") for url in urls)
    assert uncaught_errors(record) == []


def test_a_script_that_does_not_come_or_is_another_is_named(page, site, url, record):
    page.goto(url)
    nowhere = f"{site.url}/nowhere/embed.js"
    message = f"Tresta could not be loaded from {nowhere}: the file did not arrive"
    assert page.evaluate(LOAD, {"src": nowhere}).startswith(message)
    other = site.file("/embed-other.js", "var other = 1", "text/javascript")
    message = f"Tresta could not be loaded from {other}: that file is not embed.js."
    assert page.evaluate(LOAD, {"src": other}) == message
    assert page.evaluate(SCRIPTS) == 0
    assert uncaught_errors(record) == []


def test_the_component_says_that_the_script_did_not_come(page, site, url, props, record):
    page.goto(url)
    show(page, props("w1", src=f"{site.url}/nowhere/embed.js"))
    page.wait_for_function("states.length")
    assert page.evaluate("states") == [{"status": "error", "code": "RUNTIME_NETWORK"}]
    assert uncaught_errors(record) == []


def test_many_calls_and_two_copies_of_the_package_share_one_script(page, site, project, embed, record):
    (project / "copy.js").write_text('export * from "tresta-widget";')
    site.file("/one.js", bundle(project, "copy.js", "--global-name=one"), "text/javascript")
    site.file("/two.js", bundle(project, "copy.js", "--global-name=two"), "text/javascript")
    scripts = "<script src=/one.js></script><script src=/two.js></script>"
    page.goto(site.page(f"<p id=Tresta>An element of this name</p>{scripts}"))
    loads = "Promise.all([one, two, one, two].map(({ loadTresta }) => loadTresta(options)))"
    assert page.evaluate(f"options => {loads}.then(all => all.every(one => one.mount && one === Tresta))", embed)
    assert page.evaluate(SCRIPTS) == 1
    assert record.errors == warnings(record) == []


def test_beside_a_tag_of_the_pages_own_it_resolves_too(page, origins, react_page, embed, record):
    page.goto(react_page(before=origins.tag("w1")))
    assert page.evaluate(LOAD, embed) is True  # whether the tag has run by now or not
    page.wait_for_function(IS_READY, arg="w1")
    before = page.evaluate(SCRIPTS)
    assert page.evaluate(LOAD, embed) is True
    assert page.evaluate(SCRIPTS) == before <= 2
    assert record.errors == warnings(record) == []


@pytest.mark.parametrize("more", ["", "; require-trusted-types-for 'script'; trusted-types tresta tresta-npm"])
def test_under_a_strict_policy_its_nonce_is_enough(page, origins, react_page, props, record, more):
    policy = f"script-src 'nonce-abc' 'wasm-unsafe-eval'; connect-src {origins.cdn} {origins.api}{more}"
    page.goto(react_page(props("w1", nonce="abc"), headers={"Content-Security-Policy": policy}))
    page.locator("#tresta-widget-w1 .card").first.wait_for()
    assert record.errors == warnings(record) == []


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("script-src 'nonce-abc'", "the page's Content Security Policy forbids it"),
        ("require-trusted-types-for 'script'; trusted-types tresta", "must allow the policies tresta and tresta-npm"),
    ],
)
def test_a_policy_that_forbids_it_is_named(page, react_page, embed, policy, says):
    load = f"loadTresta({json.dumps(embed)}).catch(({{ message }}) => (app.textContent = message))"
    script = f"<script nonce=abc>addEventListener('load', () => {load})</script>"
    page.goto(react_page(before=script, headers={"Content-Security-Policy": policy}))
    page.locator("#app", has_text=says).wait_for()
