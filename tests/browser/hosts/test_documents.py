"""Kinds of documents, policies and ways to insert the tag."""

from __future__ import annotations

import pytest

from tests.browser import visits
from tests.browser.hosts.conftest import CARD, PLACE

pytestmark = pytest.mark.usefixtures("quiet")
XHTML = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>A page of XML</title></head><body>{body}</body></html>"""


@pytest.mark.parametrize("layout", ["grid", "carousel"])
def test_an_xhtml_page_shows_the_widget(site, page, faulty_api, tag, layout):
    body = PLACE + tag(layout=layout).replace(" async ", ' async="async" ')
    page.goto(site.file(f"/{layout}.xhtml", XHTML.format(body=body), "application/xhtml+xml"))
    page.locator(CARD).first.wait_for()
    page.evaluate("Tresta.ready.then(() => {})")
    visits.wait_until_shown(page, "w1")
    assert page.evaluate("Tresta.getState('w1').code") == ""
    page.locator("#tresta-widget-w1").locator("button.next, button.more").first.click()
    visits.leave(page, site, faulty_api)
    reports = visits.reports(faulty_api)
    assert [load.layout for report in reports for load in report.loads] == [layout]


def inserted(html, how):
    """A script that inserts the tag in this way."""
    html = html.replace("script", "x-tag")
    return f"""<script>
      const tag = document.createElement('script');
      const written = document.createRange().createContextualFragment({html!r}).firstChild;
      for (const {{ name, value }} of written.attributes) tag.setAttribute(name, value);
      {how}
    </script>"""


INSERTED = {
    "a tag manager": "const first = document.querySelector('script'); first.parentNode.insertBefore(tag, first)",
    "a consent banner": "addEventListener('load', () => setTimeout(() => document.head.append(tag), 300))",
    "a delaying optimizer": """
      tag.type = 'text/delayed';
      document.body.append(tag);
      addEventListener('load', () => {
        const fresh = document.createElement('script');
        for (const { name, value } of tag.attributes) if (name !== 'type') fresh.setAttribute(name, value);
        tag.replaceWith(fresh);
      })""",
    "an optimizer that waits for the visitor": """
      tag.type = 'text/lazy';
      tag.dataset.lazySrc = tag.src;
      tag.removeAttribute('src');
      document.body.append(tag);
      addEventListener('pointermove', () => {
        const fresh = document.createElement('script');
        fresh.async = false;
        for (const { name, value } of tag.attributes)
          if (name !== 'type') fresh.setAttribute(name === 'data-lazy-src' ? 'src' : name, value);
        tag.replaceWith(fresh);
        document.dispatchEvent(new Event('DOMContentLoaded')); // for scripts that come too late for the real ones
        dispatchEvent(new Event('load'));
      }, {once: true});
      addEventListener('load', () => setTimeout(() => dispatchEvent(new Event('pointermove')), 300), {once: true})""",
    # It makes a new element for each script, with its text or its address and no other attribute.
    "Google Tag Manager": """
      const box = document.createElement('div');
      box.style.cssText = 'display: none; visibility: hidden';
      document.body.append(box);
      const copy = document.createElement('script');
      copy.type = 'text/javascript';
      copy.async = false;
      copy.text = `{
        const fresh = document.createElement('script');
        fresh.src = ${JSON.stringify(tag.src)};
        Object.assign(fresh.dataset, ${JSON.stringify(tag.dataset)});
        document.head.append(fresh);
      }`;
      setTimeout(() => box.append(copy), 300)""",
    "a tag manager that removes it": "tag.onload = () => tag.remove(); document.head.append(tag)",
    "document.write": "document.write(tag.outerHTML)",
}


@pytest.mark.parametrize("how", INSERTED)
def test_a_tag_that_others_insert_shows_the_widget_and_counts(site, page, faulty_api, tag, how):
    page.goto(site.page(PLACE + inserted(tag(), INSERTED[how])))
    page.locator(CARD).first.wait_for()
    page.evaluate("Tresta.ready.then(() => {})")
    visits.wait_until_shown(page, "w1")
    visits.leave(page, site, faulty_api)
    assert sum(len(report.loads) for report in visits.reports(faulty_api)) == 1


@pytest.mark.parametrize("kind", ["module", "fetched and evaluated", "inlined"])
def test_a_script_that_cannot_tell_its_own_tag_finds_it(origins, site, page, tag, kind):
    html = tag(telemetry="false")
    if kind == "module":
        html = html.replace("<script async", "<script type=module crossorigin")
    elif kind == "fetched and evaluated":
        html = html.replace("<script async", "<script type=text/delayed")
        html += f"<script>fetch('{origins.cdn}/embed.js').then(a => a.text()).then(text => setTimeout(text))</script>"
    else:
        source = page.request.get(f"{origins.cdn}/embed.js").text()
        html = html.replace(f' src="{origins.cdn}/embed.js"', "").replace("></script>", f">{source}</script>")
    page.goto(site.page(PLACE + html))
    page.locator(CARD).first.wait_for()
    code = page.evaluate("Tresta.ready.then(() => '', ({ code }) => code)")
    assert code == ("" if kind != "inlined" else "RUNTIME_CSP")  # nobody knows where its other files are


@pytest.mark.parametrize("tag_is", ["there", "gone"])
def test_a_file_that_an_optimizer_has_combined_with_others_does_the_page_no_harm(
    origins, site, page, faulty_api, tag, tag_is
):
    text = page.request.get(f"{origins.cdn}/embed.js").text()
    site.file("/combined.js", f"window.before = 1;\n{text}\nwindow.after = 1;", "text/javascript")
    html = tag(telemetry="false").replace("<script async", "<script type=text/combined") if tag_is == "there" else ""
    page.goto(site.page(f"{PLACE}{html}<script src=/combined.js></script>"))
    page.evaluate(visits.SETTLED)
    assert page.evaluate("[before, after, Tresta.getState('w1').status]") == [1, 1, "unmounted"]
    assert page.evaluate("document.querySelector('#tresta-widget-w1').outerHTML") == PLACE
    assert faulty_api.received == []


def test_a_tag_in_a_shadow_root_gives_the_page_its_javascript(site, page, faulty_api, tag):
    html = tag().replace("script", "x-tag")
    script = f"""<div id=box></div><script>
      const tag = document.createElement('script');
      tag.src = document.createRange().createContextualFragment({html!r}).firstChild.getAttribute('src');
      document.querySelector('#box').attachShadow({{mode: 'open'}}).append(tag);
    </script>"""
    page.goto(site.page(script))
    page.wait_for_function("window.Tresta")
    assert page.evaluate("Tresta.getState('w1').status") == "unmounted"


def policy(origins, api, *more):
    scripts = f"script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src {origins.cdn} {api.url}"
    return {"Content-Security-Policy": "; ".join([scripts, *more])}


def test_strict_dynamic_with_a_nonce_and_trusted_types_are_enough(origins, site, page, faulty_api, tag):
    headers = policy(
        origins, faulty_api, "style-src 'none'", "require-trusted-types-for 'script'; trusted-types tresta"
    )
    html = tag(layout="carousel").replace("<script ", "<script nonce=abc ")
    page.goto(site.page('<div id="tresta-widget-w1"></div>' + html, headers=headers))
    page.locator(CARD).first.wait_for()
    page.evaluate("Tresta.ready.then(() => {})")
    visits.wait_until_shown(page, "w1")
    page.locator("#tresta-widget-w1 button.next").click()
    visits.leave(page, site, faulty_api)
    assert [report.interactions for report in visits.reports(faulty_api) if report.interactions] == [{"carousel": 1}]


SINKS = """{
  window.heard = [];
  addEventListener('error', event => heard.push(event.message));
  addEventListener('unhandledrejection', event => heard.push(String(event.reason)));
}"""


@pytest.mark.parametrize("browser", ["chromium"], indirect=True, scope="session")  # Firefox ESR has no Trusted Types
def test_trusted_types_without_the_widgets_policy_fail_by_name_and_throw_nothing(
    origins, site, page, faulty_api, tag, record
):
    headers = {"Content-Security-Policy": "require-trusted-types-for 'script'; trusted-types own"}
    page.add_init_script(SINKS)
    page.goto(site.page(PLACE + tag(), headers=headers))
    page.wait_for_function("window.Tresta && Tresta.getState('w1').status === 'error'")
    assert page.evaluate("Tresta.ready.then(() => '', ({ code }) => code)") == "RUNTIME_CSP"
    assert page.evaluate("Tresta.getState('w1')") == {"status": "error", "code": "RUNTIME_CSP"}
    page.evaluate("new Tresta.TelemetryTracker('w1', '1.0.0', {samplingRate: 1}).trackError('X')")
    assert page.evaluate("Tresta.mount('#tresta-widget-w1', {widgetId: 'w1'})")["code"] == "RUNTIME_CSP"
    page.evaluate("Tresta.unmount('w1')")
    page.evaluate(visits.SETTLED)
    assert page.evaluate("heard") == []
    record.console.clear()  # the browser's own lines about its policy


@pytest.mark.parametrize("browser", ["chromium"], indirect=True, scope="session")
def test_a_list_of_policies_that_requires_no_trusted_types_hinders_nothing(site, page, tag, record):
    page.goto(site.page(PLACE + tag(telemetry="false"), headers={"Content-Security-Policy": "trusted-types own"}))
    page.locator(CARD).first.wait_for()
    page.evaluate("Tresta.ready.then(() => {})")
    record.console.clear()  # the browser's own line about its policy


def test_every_promise_settles(site, new_context, faulty_api, tag):
    page = new_context(cold=True).new_page()
    tag(widget="w2")
    page.goto(
        site.page(f"{PLACE}<div id=one></div><iframe srcdoc='<div id=in></div>'></iframe>{tag(telemetry='false')}")
    )
    page.locator(CARD).first.wait_for()
    options = {"widgetId": "w2", "apiUrl": faulty_api.url, "telemetry": False}
    answers = page.evaluate(
        """async options => {
          const frame = document.querySelector('iframe').contentDocument.querySelector('#in');
          const held = Tresta.mount('#tresta-widget-w1', options);
          const first = Tresta.mount('#one', options);
          Tresta.unmount('#one');
          const second = Tresta.mount('#one', options);
          const all = await Promise.all([held, first, second, Tresta.mount(frame, options)]);
          return all.map(({ status, widget }) => [status, widget ?? null]);
        }""",
        options,
    )
    assert answers == [["ready", "w1"], ["unmounted", None], ["ready", "w2"], ["ready", "w2"]]
    again = page.evaluate(
        """async options => {
          Tresta.unmount('#one');
          const first = Tresta.mount('#one', options);
          Tresta.unmount('#one');
          const second = Tresta.mount('#one', options);
          return [(await first).status, (await second).status];
        }""",
        options,
    )
    assert again == ["unmounted", "ready"]


def test_if_the_boot_script_is_blocked_ready_is_rejected_with_an_error_that_has_a_code(site, page, tag):
    page.route("**/boot-*", lambda route: route.abort())
    page.goto(site.page(PLACE + tag(telemetry="false")))
    page.locator(CARD).first.wait_for()
    expression = "Tresta.ready.then(() => 0, error => [error instanceof Error, error.code, String(error)])"
    is_error, code, text = page.evaluate(expression)
    assert (is_error, code) == (True, "RUNTIME_NETWORK")
    assert "undefined" not in text


def test_callers_that_run_before_the_tag_wait_in_its_queue(site, page, faulty_api, tag):
    early = """<script>
      window.order = [];
      window.Tresta = window.Tresta || {q: []};
      Tresta.q.push(() => {
        order.push(1);
        const tracker = new Tresta.TelemetryTracker('w1', '1.0.0', {samplingRate: 1});
        tracker.trackError('EARLY');
      });
      Tresta.q.push(() => order.push(2));
    </script>"""
    page.goto(site.page(PLACE + tag(), head=early))
    page.locator(CARD).first.wait_for()
    page.evaluate("Tresta.q.push(() => order.push(3))")
    page.wait_for_function("order.length === 3")
    assert page.evaluate("order") == [1, 2, 3]
    page.evaluate("Tresta.ready.then(() => {})")
    page.evaluate(visits.SETTLED)
    visits.leave(page, site, faulty_api)
    assert visits.errors(faulty_api)["EARLY"] == 1
