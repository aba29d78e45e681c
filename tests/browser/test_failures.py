"""If Python cannot start, the failure has a code, the drawing stays, and the page is not affected."""

from __future__ import annotations

import re

import pytest

from tests.browser.servers import Answer
from tests.browser.visits import content

FILES = ["boot-*.js", "runtime-*.js", "python-*.wasm", "snapshot-*.bin"]
STOCK = "**/pyodide/pyodide.asm.wasm"


@pytest.fixture
def tag(origins, faulty_api):
    """`tag()`: the tag of a widget without a drawing of the server, which needs Python."""
    faulty_api.answers("w1", Answer({"id": "w1", **content(layout="grid")}))
    return lambda **attributes: origins.tag("w1", api_url=faulty_api.url, **attributes)


def failure_code(page, timeout=30_000):
    """The failure's code, once Python has failed. Checks that the widget takes no room in the page."""
    page.wait_for_function("window.Tresta && Tresta.getState('w1').status === 'error'", timeout=timeout)
    assert page.evaluate("Tresta.ready.then(() => 'up', () => 'down')") == "down"
    state = page.evaluate("Tresta.mount('#host', {widgetId: 'w1'})")
    assert state["status"] == "error"
    assert page.evaluate("document.querySelector('#tresta-widget-w1').getBoundingClientRect().height") == 0
    return state["code"]


@pytest.mark.parametrize("missing", FILES)
def test_a_missing_file_is_a_network_error(site, page, tag, missing):
    page.route(f"**/{missing}", lambda route: route.abort())
    page.goto(site.page(f"<p id=host>Host</p>{tag()}"))
    assert failure_code(page) == "RUNTIME_NETWORK"


# Like a page that is not secure, which has no SubtleCrypto.
INSECURE = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })"


def test_python_starts_in_a_page_that_is_not_secure(site, page, tag, record):
    page.add_init_script(INSECURE)
    page.goto(site.page(tag()))
    page.locator("#tresta-widget-w1 .card").first.wait_for(timeout=60_000)
    assert page.evaluate("Tresta.ready.then(() => 'up')") == "up"
    assert not any("/pyodide/" in request.url for request in record.requests)
    assert record.errors == record.console == []


@pytest.mark.parametrize(("changed", "script"), [*((file, "") for file in FILES), ("snapshot-*.bin", INSECURE)])
def test_a_changed_file_does_not_run(site, page, tag, changed, script, record):
    page.add_init_script(script)

    def tamper(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.body() + b"\n")

    page.route(f"**/{changed}", tamper)
    page.goto(site.page(f"<p id=host>Host</p>{tag()}"))
    assert failure_code(page) == "RUNTIME_NETWORK"
    assert not any("/pyodide/" in request.url for request in record.requests)


def test_changed_cold_code_does_not_run(site, new_context, tag, record):
    page = new_context(cold=True).new_page()
    page.route("**/cold-*", lambda route: route.fulfill(body="not what was built"))
    page.add_init_script("""
      const { compile } = WebAssembly;
      const { prototype } = window.SubtleCrypto ?? class {}; // the empty page before it has none
      const { digest } = prototype;
      WebAssembly.compile = (...args) => (window.ran = true, compile(...args));
      window.hashed = 0;
      prototype.digest = async function (...args) {
        const hash = await digest.apply(this, args);
        hashed++;
        return hash;
      };
    """)
    page.goto(site.page(tag()))
    page.locator("#tresta-widget-w1 .card").first.wait_for()
    page.evaluate("void Tresta.ready")  # the cold code comes where a script uses Python
    page.wait_for_function("hashed === 3")  # the snapshot's two files, and the cold code
    assert page.evaluate("[window.ran, Tresta.getState('w1').status]") == [None, "ready"]
    assert record.errors == record.console == []


@pytest.mark.parametrize("missing", ["'wasm-unsafe-eval'", "connect-src"])
def test_a_policy_that_forbids_python_is_a_csp_error(origins, site, page, faulty_api, tag, missing):
    scripts = origins.cdn if missing == "'wasm-unsafe-eval'" else f"{origins.cdn} 'wasm-unsafe-eval'"
    connections = faulty_api.url if missing == "connect-src" else f"{faulty_api.url} {origins.cdn}"
    policy = f"script-src {scripts}; connect-src {connections}"
    page.goto(site.page(f"<p id=host>Host</p>{tag()}", headers={"Content-Security-Policy": policy}))
    assert page.evaluate("Tresta.ready.then(() => '', error => error.code)") == "RUNTIME_CSP"


def test_a_start_that_hangs_is_a_timeout(site, page, tag):
    page.clock.install()
    page.route("**/snapshot-*", lambda route: None)
    with page.expect_request("**/snapshot-*"):
        page.goto(site.page(f"<p id=host>Host</p>{tag()}"))
        page.clock.run_for(1000)
    page.clock.run_for(28_000)
    assert page.evaluate("Tresta.getState('w1').status") == "loading"
    page.clock.run_for(2_000)
    page.clock.resume()
    assert failure_code(page) == "RUNTIME_TIMEOUT"


def test_a_browser_without_webassembly_is_unsupported(site, page, tag):
    page.add_init_script("delete window.WebAssembly")
    page.goto(site.page(f"<p id=host>Host</p>{tag()}"))
    assert failure_code(page) == "RUNTIME_UNSUPPORTED"


def test_if_the_slim_runtime_does_not_start_the_released_one_does(site, page, tag, record):
    page.add_init_script("WebAssembly.compileStreaming = () => Promise.reject(new TypeError('not here'))")
    with page.expect_request(STOCK):
        page.goto(site.page(tag()))
    page.locator("#tresta-widget-w1 .card").first.wait_for(timeout=60_000)
    assert page.evaluate("Tresta.ready.then(() => 'up')") == "up"
    assert record.errors == record.console == []


def test_with_debug_a_bug_is_reported_with_its_call_stack(site, page, tag, record):
    page.add_init_script("CSSStyleSheet.prototype.replaceSync = () => { throw new Error('on purpose'); }")
    with page.expect_console_message(lambda message: "on purpose" in message.text) as messages:
        page.goto(site.page(tag(debug="true")))
    first, *calls = messages.value.text.splitlines()
    assert "on purpose" in first
    assert any(re.fullmatch(r"  \S*widget/page/shadow\.py:\d+ prepare", call) for call in calls), calls
    assert record.errors == []
