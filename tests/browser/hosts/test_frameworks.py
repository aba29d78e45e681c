"""Pages of real libraries that swap, morph or hydrate their places, each from npm.

The widget is there again, its load is counted once, and nothing reaches the page's console.
"""

from __future__ import annotations

import pytest

from bundler.machine import node
from tests.browser import visits
from tests.browser.hosts.conftest import CARD, FIREFOX_LINES, PLACE
from tests.browser.hosts.test_places import HIDING

PLACE_ELEMENT = "document.querySelector('#tresta-widget-w1')"
# What a script of the page says with `marker`, the page has rendered.
RENDERED = "marker => document.querySelector('#marker')?.textContent === marker"
HIDE_EMPTY = f"<style>{HIDING[0]}</style>"  # a morph takes out what the loader puts into such a place
TAG_IS = pytest.mark.parametrize("tag_is", ["in the head", "in the page"])


@pytest.fixture(scope="module")
def modules():
    """The directory of npm's packages."""
    node.install_packages()
    return node.MODULES


@pytest.fixture
def library(modules, site):
    """`library("x/dist/x.js")`: the script element of this file of npm's packages."""

    def element(file):
        name = f"/{file.replace('/', '-')}"
        site.file(name, (modules / file).read_text(encoding="utf-8"), "text/javascript")
        return f"<script src={name}></script>"

    return element


@pytest.fixture(autouse=True)
def silent(record):
    """After the test: no warning and no error, neither of the widget nor of the library about the widget."""
    yield
    assert [error for error in record.errors if not error.startswith(FIREFOX_LINES)] == []
    assert [line for line in record.console if line.startswith(("warning", "error"))] == []


def parts(tag, tag_is):
    """The HTML of the tag in the head and in the body."""
    return (tag(), "") if tag_is == "in the head" else ("", tag())


def loads_after_leaving(page, site, api):
    """The number of loads that are counted once Python has adopted the widget."""
    page.evaluate("Tresta.ready.then(() => {})")
    visits.wait_until_shown(page, "w1")
    visits.leave(page, site, api)
    return sum(len(report.loads) for report in visits.reports(api))


def marked(marker, html=""):
    return f"<p id=marker>{marker}</p>{html}"


# Turbo

TURBO = "@hotwired/turbo/dist/turbo.es2017-umd.js"
MORPHED = """() => new Promise(done => {
  addEventListener('turbo:render', ({ detail }) => done(detail.renderMethod), {once: true});
  Turbo.visit(location.href, {action: 'replace'});
})"""


@TAG_IS
def test_turbo_goes_to_another_page_and_back(site, page, faulty_api, tag, library, tag_is):
    in_head, in_body = parts(tag, tag_is)
    head = library(TURBO) + in_head
    here = site.page(marked("here", PLACE + in_body), head=head)
    elsewhere = site.page(marked("elsewhere"), head=head)
    page.goto(here)
    page.locator(CARD).first.wait_for()
    for address, marker in ((elsewhere, "elsewhere"), (here, "here"), (elsewhere, "elsewhere")):
        page.evaluate("address => Turbo.visit(address)", address)
        page.wait_for_function(RENDERED, arg=marker)
    page.evaluate("history.back()")  # Turbo shows its own copy
    page.wait_for_function(RENDERED, arg="here")
    page.locator(CARD).first.wait_for()
    assert loads_after_leaving(page, site, faulty_api) == 1
    assert faulty_api.request_count("w1") == 1


# A tag in the head without a place shows nothing.
@pytest.mark.parametrize(
    ("tag_is", "place"),
    [("in the head", PLACE), ("in the page", PLACE), ("in the page", "")],
    ids=["in the head", "in the page", "in the page, unreserved"],
)
def test_turbo_refreshes_the_page_by_morphing_it(site, page, faulty_api, tag, library, tag_is, place):
    in_head, in_body = parts(tag, tag_is)
    head = f'<meta name="turbo-refresh-method" content="morph">{library(TURBO)}{HIDE_EMPTY}{in_head}'
    page.goto(site.page(marked("here", place + in_body), head=head))
    page.locator(CARD).first.wait_for()
    for _ in range(2):
        assert page.evaluate(MORPHED) == "morph"
        page.evaluate(visits.SETTLED)
        assert page.locator(CARD).first.is_visible()
    assert loads_after_leaving(page, site, faulty_api) == 1


# htmx


@TAG_IS
@pytest.mark.parametrize("swap", ["innerHTML", "innerMorph"])
def test_htmx_swaps_and_morphs_the_place(site, page, faulty_api, tag, library, swap, tag_is):
    in_head, in_body = parts(tag, tag_is)
    buttons = ""
    for marker in ("second", "third"):
        fragment = marked(marker, PLACE + in_body)
        site.file(f"/{marker}", fragment, "text/html; charset=utf-8")
        buttons += f"<button hx-get=/{marker} hx-target=main hx-swap={swap}>{marker}</button>"
    head = library("htmx.org/dist/htmx.min.js") + HIDE_EMPTY + in_head
    page.goto(site.page(f"{buttons}<main>{marked('first', PLACE + in_body)}</main>", head=head))
    page.locator(CARD).first.wait_for()
    for marker in ("second", "third"):
        page.get_by_role("button", name=marker).click()
        page.wait_for_function(RENDERED, arg=marker)
        page.evaluate(visits.SETTLED)
        page.locator(CARD).first.wait_for()
    assert loads_after_leaving(page, site, faulty_api) == 1
    assert faulty_api.request_count("w1") == 1


# Prototype.js


@pytest.fixture(scope="module")
def prototype_js(modules):
    """Prototype.js without its part for elements, which npm does not have: test_libraries.py has its methods."""
    options = ("--bundle", "--format=iife", "--log-level=error")
    source = modules / "prototype" / "lib" / "index.js"
    return node.run("esbuild/bin/esbuild", source, *options, failure="Prototype.js could not be bundled.")


@pytest.mark.parametrize("layout", ["grid", "carousel"])
def test_prototype_js_changes_arrays_and_functions_and_the_widget_works(
    site, page, faulty_api, tag, prototype_js, layout
):
    site.file("/prototype.js", prototype_js, "text/javascript")
    page.goto(site.page(f"<main>{PLACE}</main>{tag(layout=layout)}", head="<script src=/prototype.js></script>"))
    assert page.evaluate("[typeof [].inject, typeof (() => {}).wrap]") == ["function", "function"]
    page.locator(CARD).first.wait_for()
    page.evaluate("html => { document.querySelector('main').innerHTML = html }", PLACE)
    page.locator(CARD).first.wait_for()
    page.evaluate("Tresta.ready.then(() => {})")
    visits.wait_until_shown(page, "w1")
    page.locator("#tresta-widget-w1").locator("button.next, button.more").first.click()
    assert loads_after_leaving(page, site, faulty_api) == 1
    assert sum(report.interactions.get(layout, 0) for report in visits.reports(faulty_api)) == 1


# React

REACT_PAGE = """
import { StrictMode, createElement, useState } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server.browser";

const Page = () => {
  const [isHere, show] = useState(true);
  window.show = show;
  const place = createElement("div", { id: "tresta-widget-w1", style: { minHeight: 360 } });
  return createElement("main", null, isHere ? place : "Elsewhere");
};
const page = createElement(StrictMode, null, createElement(Page));
window.render = () => renderToString(page);
window.hydrate = () => void hydrateRoot(document.querySelector("#app"), page);
"""


@pytest.fixture(scope="module")
def react_page(modules, tmp_path_factory):
    """The script of a page of React, in the build that warns."""
    source = tmp_path_factory.mktemp("react") / "page.js"
    source.write_text(REACT_PAGE, encoding="utf-8")
    names = [f"--alias:{name}={modules / name}" for name in ("react", "react-dom")]
    development = '--define:process.env.NODE_ENV="development"'
    options = ("--bundle", "--format=iife", "--log-level=warning", development, *names)
    return node.run("esbuild/bin/esbuild", source, *options, failure="The page of React could not be bundled.")


def test_react_hydrates_the_place_in_strict_mode_leaves_it_and_comes_back(site, page, faulty_api, tag, react_page):
    site.file("/react-page.js", react_page, "text/javascript")
    script = "<script src=/react-page.js></script>"
    page.goto(site.page(script))
    html = page.evaluate("render()")
    page.goto(site.page(f"<div id=app>{html}</div>{script}<p>Below, and in view", head=tag()))
    page.locator(CARD).first.wait_for()
    page.evaluate(f"window.place = {PLACE_ELEMENT}")
    page.evaluate("hydrate()")
    page.evaluate(visits.SETTLED)
    assert page.evaluate(f"place === {PLACE_ELEMENT}")  # else React has thrown the server's HTML away
    for _ in range(2):
        page.evaluate("show(false)")
        page.wait_for_function(f"!{PLACE_ELEMENT}")
        page.evaluate("show(true)")
        page.locator(CARD).first.wait_for()
    assert loads_after_leaving(page, site, faulty_api) == 1
    assert faulty_api.request_count("w1") == 1
