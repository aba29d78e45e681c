"""Content in many scripts: Python reads and draws it with the code that loads at every visit.

Python stores a text with one, two or four bytes a character, according to its widest one, and has separate code for
each (https://peps.python.org/pep-0393/). conftest.py withholds the cold code, so these tests cover all three.
"""

from __future__ import annotations

import pytest

from tests.browser.servers import Answer
from widget.telemetry.schema import LAYOUTS

WRITTEN = {
    "ASCII": ["Anna Meyer", "A \"bowl\" & <b>more</b> of it's kind.\n\nTwo\tlines."],
    "Latin": ["Inês Gonçalves", "Une assiette très « réussie », à £20 – naïve façade, ÿ and ß."],
    "wide": [
        "Łukasz Żółć",
        "Talerz piękny; тарелка хорошая; 碗很漂亮，值得。 ありがとうございます。 예쁜 그릇이에요. Πολύ ωραίο. "
        "صحن جميل جدا. "
        "קערה יפה. कटोरा सुंदर है। ชามสวยมาก Iğdır İstanbul ǅ e\u0301 \u200d\u2028\ufeff “quoted” — … ∑ ½",
    ],
    "widest": ["𠮷田 花子 👩🏽‍🎨", "Schön 🍜🥢 – 𝒜 lovely 𐌰 bowl 👨‍👩‍👧‍👦 🇵🇹, 東京 & <𝔟>; ok?"],
}  # fmt: skip
CARD_LAYOUTS = [layout for layout in LAYOUTS if layout != "badge"]  # which has no text
LENGTHS = (1, 4, 20)  # how often a text is repeated: short enough for the card, or cut with "Read more"


def praise(script: str, count: int = 36) -> list[dict[str, object]]:
    """Testimonials of every kind, in this script."""
    author, text = WRITTEN[script]
    return [
        {
            "id": f"t{n}",
            "author": author if n % 4 else author.split()[0],
            "role": author if n % 2 else "",
            "company": f"{author} & Co." if n % 3 == 0 else "",
            "text": (f"{text} " if n % 5 else text) * LENGTHS[n % 3],
            "rating": n % 6,
            "verified": n % 2 == 0,
            "date": f"20{n:02}-{n % 12 + 1:02}-{n % 28 + 1:02}" if n % 7 else "",
            "avatar": f"https://shop.example/{author}.png".replace(" ", "%20") if n % 6 == 0 else "",
            "url": f"https://shop.example/{'?q=' + author.replace(' ', '+') if n % 2 else n}",
        }
        for n in range(count)
    ]


def body(widget: str, script: str, layout: str, **changes: object) -> dict[str, object]:
    """The API's answer without a drawing."""
    design = {"layout": layout, "autoplay": 0, "max": 36}
    return {"id": widget, "design": design, "testimonials": praise(script), **changes}


@pytest.mark.parametrize("script", WRITTEN)
def test_each_script_is_drawn_in_every_layout(origins, site, page, faulty_api, record, script):
    for layout in CARD_LAYOUTS:
        faulty_api.answers(layout, Answer(body(layout, script, layout)))
    tags = [origins.tag(layout, api_url=faulty_api.url, telemetry="true") for layout in CARD_LAYOUTS]
    page.goto(site.page("".join(tags)))
    author, text = WRITTEN[script]
    for layout in CARD_LAYOUTS:
        page.wait_for_function("widget => window.Tresta && Tresta.getState(widget).count === 36", arg=layout)
        card = page.locator(f"#tresta-widget-{layout} .card:not(.ghost)").nth(1)
        card_text = " ".join(card.text_content().split())
        assert author in card_text
        assert " ".join(text.split()) in card_text
    assert record.errors == []


@pytest.mark.parametrize("script", WRITTEN)
def test_each_script_works_in_a_carousel_in_refreshes_and_in_invalid_content(
    origins, site, page, faulty_api, record, script
):
    author, text = WRITTEN[script]
    broken = [
        body("w1", script, "grid", testimonials=[{"id": "t1", "author": author, "text": text, "date": text}]),
        body("w1", script, "grid", testimonials=text),
        body("w1", script, author),
        body("w1", script, "grid", extra={author: [text, [text, {text: author}]]}),
        body(author, script, "grid"),
    ]
    answers = [body("w1", script, "carousel"), *broken, f"{text} is not JSON", f'"{author}', "[" * 40 + author]
    faulty_api.answers("w1", *map(Answer, answers), Answer(body("w1", script, "list")))
    tag = origins.tag("w1", api_url=faulty_api.url, layout=author, theme=text, primary_color=author, debug="true")
    page.goto(site.page(tag))
    page.wait_for_function("window.Tresta && Tresta.getState('w1').status === 'ready'")
    page.locator("button.next").click()
    page.locator(".card .more").first.click()
    page.locator(".slides").press("End")
    for _ in range(len(answers)):
        page.evaluate("Tresta.refresh('w1')")
    assert page.evaluate("Tresta.getState('w1').layout") == "list"
    page.evaluate(
        """([author, text, apiUrl]) => {
          Tresta.mount('#' + author, {widgetId: text});
          Tresta.mount(document.createElement('div'), {widgetId: 'w2', layout: text, apiUrl});
          new Tresta.TelemetryTracker('w1', author, {samplingRate: text}).trackError(text);
          new Tresta.TelemetryTracker(author, '1.0.0', {endpoint: text}).trackInteraction(author);
          Tresta.unmount(author);
        }""",
        [author, text, faulty_api.url],
    )
    assert page.evaluate("Tresta.ready.then(() => Tresta.getState('w1').status)") == "ready"
    assert record.errors == []
