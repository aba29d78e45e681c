import json

from widget.page.bridge import Response
from widget.testing import FakeBridge, FakePlace
from widget.widget import mount

POLISH = {
    "language": "pl",
    "forms": "2" + "0" + "111" + "2" * 17 + "222" + "2" * 177,
    "Read more": "Czytaj dalej",
    "Read less": "Pokaż mniej",
}
LONG = "A bowl to keep. " * 40


def mounted(page_language="", words=POLISH, **options):
    body = {"id": "w1", "testimonials": [{"id": "t1", "author": "Ada", "text": LONG}], "words": words}
    place = FakePlace(page_language=page_language)
    bridge = FakeBridge(answers=[Response(200, json.dumps(body))], containers={"#here": place})
    mount("#here", bridge=bridge, widget_id="w1", api_url="https://api.example", **options)
    bridge.settle()
    return place, bridge


def asked(bridge):
    return bridge.fetches[0][0].partition("/public")[2]


def test_a_widget_is_drawn_in_the_words_that_come_with_its_content():
    place, _ = mounted()
    assert 'lang="pl"' in place.html
    assert 'data-other="Pokaż mniej"' in place.html
    assert ">Czytaj dalej<" in place.html


def test_content_without_words_is_english():
    place, _ = mounted(words={})
    assert 'lang="en"' in place.html
    assert ">Read more<" in place.html


def test_words_of_another_form_are_invalid_content():
    place, _ = mounted(words=["Read more"])
    assert 'data-status="error"' in place.html


def test_the_request_has_the_language_of_the_options_and_of_the_page():
    assert asked(mounted()[1]) == ""
    assert asked(mounted("de-AT")[1]) == "?lang=de-AT"
    assert asked(mounted("de", language="pt-BR")[1]) == "?language=pt-BR&lang=de"
    assert asked(mounted("d e&x=1", language="<script>")[1]) == ""
