"""Each request of the embed fails in each way: there is the content or an error state, and the failure has a code.

No failure is an uncaught error in the page, and no load is counted twice.
"""

from __future__ import annotations

from itertools import product

import pytest

from tests.browser import visits
from tests.browser.hosts.conftest import CARD, PLACE
from tests.browser.servers import Answer

NETWORK = "RUNTIME_NETWORK"


def real(route):
    return route.fetch(max_redirects=0)


def truncate(route):
    answer = real(route)
    body = answer.body()
    route.fulfill(response=answer, body=body[: len(body) // 2])


def tamper(route):
    answer = real(route)
    route.fulfill(response=answer, body=answer.body().replace(b"w1", b"w3") + b"\n ")


def retype(route):
    answer = real(route)
    route.fulfill(response=answer, headers={**answer.headers, "content-type": "text/html"})


def respond(status, **headers):
    def handler(route):
        route.fulfill(status=status, headers={"Access-Control-Allow-Origin": "*", **headers}, body="no")

    return handler


WAYS = {
    "refused": lambda route: route.abort("connectionrefused"),
    "reset": lambda route: route.abort("connectionreset"),
    "truncated": truncate,
    "another content": tamper,
    "another type": retype,
    "a redirect": respond(302, Location="/nowhere"),
    "404": respond(404),
    "500": respond(500),
}
# The code of a widget whose content fails in this way; none: the content is shown.
CONTENT_CODES = {
    "reset": "API_ERROR",
    "truncated": "INVALID_CONTENT",
    "another content": "INVALID_CONTENT",
    "another type": "",
    "a redirect": "NOT_FOUND",
    "404": "NOT_FOUND",
    "500": "API_ERROR",
}

# The ways that run different code, for each file that loads in another way, and each further way once: to a page, a
# refused request is like a lost connection, half a file like another file, and one status of an error like the others.
DIFFERENT = ["reset", "another content", "another type", "500"]
FILES = ["boot-*.js", "runtime-*.js", "python-*.wasm", "snapshot-data-*.bin"]
CASES = [
    *product(FILES, DIFFERENT),
    ("boot-*.js", "refused"),
    ("runtime-*.js", "a redirect"),
    ("python-*.wasm", "truncated"),
    ("snapshot-data-*.bin", "404"),
    ("snapshot-heap-*.bin", "truncated"),
]

pytestmark = pytest.mark.usefixtures("silent")


@pytest.fixture
def silent(record, browser):
    """After the test: no uncaught error, and no line of the widget's. The browser's own lines name what failed.

    Firefox gives each request that fails as an error of the page, so there an error of ours could not be told apart.
    """
    yield
    if browser.browser_type.name == "chromium":
        assert record.errors == []
    assert [line for line in record.console if "Tresta" in line] == []


def loads(api):
    return [load for report in visits.reports(api) for load in report.loads]


@pytest.mark.parametrize(("file", "way"), CASES)
def test_a_file_of_python_that_fails_leaves_the_drawing_and_has_a_code(site, page, faulty_api, tag, file, way):
    page.route(f"**/{file}", WAYS[way])
    page.goto(site.page(PLACE + tag()))
    page.locator(CARD).first.wait_for()
    code = page.evaluate("Tresta.ready.then(() => '', ({ code }) => code)")
    assert code in ({"", NETWORK} if way == "another type" else {NETWORK})
    assert page.evaluate("Tresta.getState('w1').status") == "ready"
    page.wait_for_timeout(2100 if code else 0)  # the loader waits, since leaving a page ends its requests, too
    page.evaluate(visits.SETTLED)
    visits.leave(page, site, faulty_api)
    assert len(loads(faulty_api)) == 1
    assert dict(visits.errors(faulty_api)) == ({code: 1} if code else {})


@pytest.mark.parametrize("way", DIFFERENT)
def test_the_file_of_a_carousel_that_fails_leaves_a_row_to_scroll(site, page, faulty_api, tag, way):
    page.route("**/carousel-*.js", WAYS[way])
    page.goto(site.page(PLACE + tag(layout="carousel")))
    page.locator(CARD).first.wait_for()
    page.evaluate("Tresta.ready.then(() => {})")
    visits.wait_until_shown(page, "w1")
    visits.leave(page, site, faulty_api)
    assert len(loads(faulty_api)) == 1


@pytest.mark.parametrize("way", CONTENT_CODES)
def test_content_that_fails_has_its_code_and_comes_after_a_click_if_that_can_help(site, page, faulty_api, tag, way):
    visits.script_draws(page, 0.0)  # in the sample even at the default rate, since the account's comes with the content
    page.route("**/public*", WAYS[way])
    page.goto(site.page(PLACE + tag()))
    page.wait_for_function("window.Tresta && ['ready', 'error'].includes(Tresta.getState('w1').status)")
    code = CONTENT_CODES[way]
    page.evaluate("Tresta.ready.then(() => {})")
    page.wait_for_function("code => Tresta.getState('w1').code === code", arg=code)
    assert page.evaluate("Tresta.getState('w1').status") == ("error" if code else "ready")
    if code and code != "NOT_FOUND":
        page.unroute("**/public*")
        page.locator("#tresta-widget-w1 [data-action=retry]").click()
        page.locator(CARD).first.wait_for()
    page.evaluate(visits.SETTLED)
    visits.leave(page, site, faulty_api)
    assert len(loads(faulty_api)) == (0 if code == "NOT_FOUND" else 1)
    assert dict(visits.errors(faulty_api)) == ({code: 1} if code else {})


@pytest.mark.parametrize("status", [302, 500])
@pytest.mark.parametrize("python", [True, False])
def test_a_batch_that_the_server_refuses_is_sent_once(site, page, faulty_api, tag, status, python):
    faulty_api.telemetry = Answer(status=status, headers={"Location": "/nowhere"})
    if not python:
        page.route("**/snapshot-*", lambda route: None)
    page.goto(site.page(PLACE + tag()))
    page.locator(CARD).first.wait_for()
    if python:
        visits.wait_until_shown(page, "w1")
    page.evaluate(visits.SETTLED)
    visits.leave(page, site, faulty_api)
    assert len(visits.batches(faulty_api)) == 1


STAGES = {
    "before the content": "**/public*",
    "before Python's first file": "**/boot-*",
    "while Python's files load": "**/snapshot-*",
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_page_that_is_left_at_this_stage_sends_at_most_one_load(site, page, faulty_api, tag, stage):
    page.route(STAGES[stage], lambda route: None)
    with page.expect_request(STAGES[stage]):
        page.goto(site.page(PLACE + tag()))
    if stage != "before the content":
        page.locator(CARD).first.wait_for()
        page.evaluate(visits.SETTLED)
    visits.leave(page, site, faulty_api)
    assert len(loads(faulty_api)) == (0 if stage == "before the content" else 1)
    assert visits.errors(faulty_api) == {}


BROKEN = {
    "no WebAssembly": ("delete window.WebAssembly", "RUNTIME_UNSUPPORTED"),
    "no memory": ("WebAssembly.Memory = function () { throw new RangeError('out of memory'); }", None),
    "a clock that jumps ahead": (
        "{ const real = performance.now.bind(performance); let n = 0; performance.now = () => real() + 1e12 * n++; }",
        "",
    ),
    "a clock that jumps back": (
        "{ const real = performance.now.bind(performance); let n = 0; performance.now = () => real() - 1e9 * n++; }",
        "",
    ),
    "a full quota for beacons": ("navigator.sendBeacon = () => false", ""),
    "a fetch of its own, which fails without a reason": (
        "{ const own = fetch; window.fetch = (url, ...rest) => "
        "/snapshot/.test(url.url ?? url) ? Promise.reject() : own(url, ...rest); }",
        "RUNTIME_NETWORK",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_page_that_lacks_something_shows_the_content(site, new_context, faulty_api, tag, record, broken):
    script, code = BROKEN[broken]
    page = new_context(cold="clock" in broken).new_page()
    page.add_init_script(script)
    page.goto(site.page(PLACE + tag()))
    page.locator(CARD).first.wait_for()
    answer = page.evaluate("Tresta.ready.then(() => '', ({ code }) => code)")
    if code is not None:
        assert answer == code
    page.evaluate(visits.SETTLED)
    visits.leave(page, site, faulty_api)
    assert len(loads(faulty_api)) <= 1
    if "clock" in broken:  # whole numbers of more than 32 bits need the cold code; Firefox's clock gives such ones
        record.requests.clear()
