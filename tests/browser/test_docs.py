"""The code blocks of docs/embed.md, run in a page: only the addresses are the test's."""

from __future__ import annotations

import re

from tests.browser.origins import ROOT
from tests.browser.servers import Answer
from tests.browser.visits import content, leave, reports, wait_until_shown

GUIDE = (ROOT / "docs" / "embed.md").read_text(encoding="utf-8")


def block(language, having=""):
    """The guide's one block of the language that contains this text."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    (text,) = [text for text in blocks if having in text]
    return text


def test_the_tag_shows_the_widget_and_the_javascript_reports(origins, site, page, faulty_api, record):
    faulty_api.answers("w1", Answer({"id": "w1", **content()}))
    tag = block("html", having="data-telemetry").replace("https://cdn.tresta.app", origins.cdn)
    tag = tag.replace("<script", f'<script data-api-url="{faulty_api.url}"')
    page.goto(site.page(tag))
    wait_until_shown(page, "w1")
    script = block("js", having="TelemetryTracker").replace("https://api.tresta.app", faulty_api.url)
    script = script.replace("samplingRate: 0.01", "samplingRate: 1")
    page.evaluate(f"() => {{ {script} }}")
    leave(page, site, faulty_api)
    received = {report.widget: report for report in reports(faulty_api)}
    assert received["w1"].loads
    assert (received["widget-123"].errors, received["widget-123"].interactions) == ({"API_ERROR": 1}, {"carousel": 1})
    assert record.errors == []


def test_google_tag_managers_script_shows_the_widget(origins, site, page, faulty_api, record):
    faulty_api.answers("w1", Answer({"id": "w1", **content()}))
    code = block("html", having="dataset").replace("https://cdn.tresta.app", origins.cdn)
    code = code.replace("document.head", f'tag.dataset.apiUrl = "{faulty_api.url}"; document.head')
    text = code.removeprefix("<script>").strip().removesuffix("</script>")
    page.goto(site.page("<div id=tresta-widget-w1></div>"))
    page.evaluate("text => document.body.append(Object.assign(document.createElement('script'), {text}))", text)
    wait_until_shown(page, "w1")
    leave(page, site, faulty_api)
    assert [report.widget for report in reports(faulty_api) if report.loads] == ["w1"]
    assert record.errors == []


def test_the_badges_tag_shows_a_badge(origins, site, page, faulty_api, record):
    rated = [{"id": "t1", "author": "Ada", "text": "A bowl to keep.", "rating": 4}]
    body = {"id": "w1", "telemetry": {"mode": "off", "rate": 0}, "testimonials": rated}
    faulty_api.answers("w1", Answer(body))
    tag = block("html", having="badge").replace("https://cdn.tresta.app", origins.cdn)
    page.goto(site.page(tag.replace("<script", f'<script data-api-url="{faulty_api.url}"')))
    page.locator("#rating .score").wait_for()
    assert page.locator("#rating .score").inner_text().split() == ["4.0", "1", "rating"]
    assert page.locator("#rating").bounding_box()["height"] < 40
    assert record.errors == []


def test_the_pyscript_mounts_a_widget(origins, page):
    python = block("python", having="await").replace("https://api.tresta.app", origins.api).replace("#reviews", "#own")
    python += '\nfrom pyscript import document\ndocument.querySelector("#out").textContent = state["status"]\n'
    page.goto(f"{origins.shop}/pyscript.html")
    add = """python => {
      document.body.insertAdjacentHTML('beforeend', '<div id=own></div><p id=out></p>');
      document.body.append(Object.assign(document.createElement('script'), {type: 'py', textContent: python}));
    }"""
    page.evaluate(add, python)
    page.wait_for_function("document.querySelector('#out').textContent")
    assert page.locator("#out").inner_text() == "ready"
    assert page.locator("#own .tresta").get_attribute("data-layout")
