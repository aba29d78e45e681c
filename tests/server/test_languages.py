"""The widget's words in each language: complete, with the right placeholders, plural forms and dates."""

from __future__ import annotations

import ast
import json
import re
import string
import tomllib
from dataclasses import replace
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from babel import Locale

from server import languages
from server.public_content import answer, in_language
from widget.content import AccountTelemetry, Content, parse_content
from widget.content import Testimonial as Review  # pytest would collect a class named Test...
from widget.design import Design
from widget.telemetry.receipt import Receipt
from widget.telemetry.schema import LAYOUTS
from widget.view import draw, draw_error, draw_loading
from widget.view.receipt import draw_receipt
from widget.words import say, say_count

WIDGET = Path(__file__).resolve().parents[2] / "widget"
TRANSLATED = sorted(languages.LANGUAGES - {"en"})
# The official languages of the European Union, and the others that the documentation promises.
PROMISED = [
    "bg", "hr", "cs", "da", "nl", "en", "et", "fi", "fr", "de", "el", "hu", "ga", "it", "lv", "lt", "mt", "pl", "pt",
    "ro", "sk", "sl", "es", "sv", "ar", "he", "ja", "ko", "tr", "zh", "zh-Hant",
]  # fmt: skip
MONTHS = languages._ENGLISH.months["format"]["wide"].values()
PATTERNS = {"{day} {month} {year}", "{whole}.{tenth}"}
KEYS = {"language", "direction", "forms"}


def texts_of_the_code() -> set[str]:
    """Every English text that the widget says, read from the calls of `say` and `say_count`."""
    texts: set[str] = set(MONTHS)
    for path in WIDGET.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("say", "say_count"):
                key = node.args[1 if node.func.id == "say" else 2]  # type: ignore[attr-defined]
                if isinstance(key, ast.Constant):
                    texts.add(str(key.value))
    return texts


def fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def content(count: int = 9, **design: Any) -> Content:
    reviews = tuple(
        Review(id=f"t{n}", author="Ada", text="Lovely. " * 20 * n + "End.", rating=5 - n % 2, verified=True,
               date=f"2026-{n + 1:02}-09", url="https://a.test/1")
        for n in range(count)
    )  # fmt: skip
    return Content("w1", Design(**design), AccountTelemetry(), reviews)


def test_exactly_the_promised_languages_exist():
    assert sorted(languages.LANGUAGES) == sorted(PROMISED)
    assert {path.name for path in languages.DIRECTORY.iterdir()} >= {f"{language}.toml" for language in TRANSLATED}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_has_every_text_of_the_widget_and_no_other(language):
    assert set(languages.words(language)) - KEYS == texts_of_the_code()


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_placeholders_and_are_not_empty(language):
    words, locale = languages.words(language), Locale.parse(language, sep="-")
    numbers: dict[str, list[int]] = {}
    for number in range(1000):
        numbers.setdefault(locale.plural_form(number), []).append(number)
    for english, text in words.items():
        if english in KEYS:
            continue
        if isinstance(text, str):
            assert fields(text) == fields(english), text
            assert text.strip() == text != "", english
            continue
        # A form of one number alone may say it in words: "one more".
        assert len(text) == len(numbers)
        for form, of in zip(text, numbers.values(), strict=True):
            assert fields(form) == fields(english) or (fields(form) == [] and len(of) == 1), form


@pytest.mark.parametrize("language", TRANSLATED)
def test_only_names_and_numbers_are_the_same_as_in_english(language):
    words = languages.words(language)
    same = {text for text, other in words.items() if text == other} - set(MONTHS) - PATTERNS
    assert same <= {"{n} of {count}", "slide", "No"}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_count_has_the_plural_form_of_cldr(language):
    words, locale = languages.words(language), Locale.parse(language, sep="-")
    table = tomllib.loads((languages.DIRECTORY / f"{language}.toml").read_text(encoding="utf-8"))
    for number in range(2000):
        expected = table["{count} ratings"][locale.plural_form(number)].replace("{count}", str(number))
        assert say_count(words, "{count} rating", "{count} ratings", number) == expected


PLURALS = {
    "en": {0: "0 ratings", 1: "1 rating", 2: "2 ratings", 101: "101 ratings"},
    "pl": {1: "1 ocena", 3: "3 oceny", 5: "5 ocen", 12: "12 ocen", 22: "22 oceny", 112: "112 ocen"},
    "ar": {1: "تقييم واحد", 2: "تقييمان", 5: "5 تقييمات", 11: "11 تقييمًا", 100: "100 تقييم", 103: "103 تقييمات"},
    "sl": {1: "1 ocena", 2: "2 oceni", 4: "4 ocene", 5: "5 ocen", 101: "101 ocena", 202: "202 oceni"},
    "ro": {1: "1 evaluare", 19: "19 evaluări", 20: "20 de evaluări", 101: "101 evaluări", 120: "120 de evaluări"},
    "lt": {1: "1 įvertinimas", 11: "11 įvertinimų", 21: "21 įvertinimas", 22: "22 įvertinimai"},
    "fr": {0: "0 avis", 1: "1 avis", 2: "2 avis"},
    "mt": {1: "1 valutazzjoni", 11: "11-il valutazzjoni", 20: "20 valutazzjoni"},
    "ja": {1: "1件の評価", 7: "7件の評価"},
}


@pytest.mark.parametrize(("language", "number"), [(name, number) for name, of in PLURALS.items() for number in of])
def test_plurals_are_right(language, number):
    words = languages.words(language)
    assert say_count(words, "{count} rating", "{count} ratings", number) == PLURALS[language][number]


DATES = {
    "en": "9 March 2026", "de": "9. März 2026", "fr": "9 mars 2026", "es": "9 de marzo de 2026",
    "fi": "9. maaliskuuta 2026", "pl": "9 marca 2026", "cs": "9. března 2026", "hu": "2026. március 9.",
    "lt": "2026 m. kovo 9 d.", "lv": "2026. gada 9. marts", "bg": "9 март 2026 г.", "mt": "9 ta’ Marzu 2026",
    "el": "9 Μαρτίου 2026", "ar": "9 مارس 2026", "he": "9 במרץ 2026", "ja": "2026年3月9日", "zh": "2026年3月9日",
    "ko": "2026년 3월 9일", "tr": "9 Mart 2026",
}  # fmt: skip


@pytest.mark.parametrize("language", DATES)
def test_dates_are_written_as_in_the_language(language):
    html = draw(replace(content(3), words=languages.words(language)), Design())
    assert f">{DATES[language]}</time>" in re.sub("[\u00a0\u202f]", " ", html)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_english_is_left_in_any_drawing_or_state(language):
    words = languages.words(language)
    designs = [Design(layout=layout) for layout in LAYOUTS]
    drawings = [draw(replace(content(), words=words), design) for design in designs]
    states = [draw_loading(Design(), words), draw_error(Design(), words, True), draw_error(Design(), words, False)]
    states.append(draw(replace(content(0), words=words), Design()))
    english = [text for text, other in words.items() if text not in KEYS | PATTERNS | set(MONTHS) and text != other]
    for html in (*drawings, *states):
        visible = re.findall(r'(?:>|aria-label="|data-other="|data-text="|roledescription=")([^<"]+)', html)
        assert not set(visible) & set(english)
        assert f'lang="{language}"' in html
        assert ('dir="rtl"' in html.partition(">")[0]) is (language in ("ar", "he"))


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_english_is_left_in_the_receipt_and_its_words_come_only_with_it(language):
    reviews = replace(content(1), telemetry=AccountTelemetry(receipt="bottom"))
    words = in_language(reviews, {"lang": language}).words
    english = texts_of_the_code() - set(in_language(content(1), {"lang": language}).words)
    answers = {"do_not_track": "no", "global_privacy_control": "", "page": "yes", "account": "yes"}
    receipts = [
        Receipt({**answers, "visitor": ""}, is_in_sample=True, is_in_sample_on_error=True, sent=[]),
        Receipt({**answers, "visitor": ""}, is_in_sample=False, is_in_sample_on_error=True, sent=[]),
        Receipt({**answers, "visitor": "no"}, is_in_sample=False, is_in_sample_on_error=False, sent=["{}"]),
    ]
    drawings = [draw_receipt(receipt, words, "https://api.test/privacy/acme") for receipt in receipts]
    drawings.append(draw(replace(reviews, words=words), Design()))
    visible = {unescape(text) for html in drawings for text in re.findall(r'(?:>|aria-label=")([^<"]+)', html)}
    assert visible & english <= {"No"}
    assert {words[text] for text in english} <= visible


CHOICES = [
    ({}, "", "en"),
    ({"lang": "de"}, "", "de"),
    ({"lang": "de-AT"}, "fr", "de"),
    ({"language": "fi", "lang": "de"}, "fr", "fi"),
    ({"language": "tlh", "lang": "de"}, "", "de"),  # Klingon is not among them
    ({"lang": ""}, "fr", "fr"),
    ({"lang": "nb"}, "", "en"),
    ({"lang": "EN-us"}, "de", "en"),
    ({"lang": "zh-TW"}, "", "zh-Hant"),
    ({"lang": "zh-Hans-CN"}, "", "zh"),
    ({"lang": "../../de"}, "", "en"),
    ({"lang": "de" * 5000}, "", "en"),
]


@pytest.mark.parametrize(("query", "own", "language"), CHOICES)
def test_the_tags_language_comes_first_then_the_pages_then_the_widgets(query, own, language):
    words = in_language(content(1, language=own), query).words
    assert words.get("language", "en") == language


@pytest.mark.parametrize(("language", "layout"), list(product([*TRANSLATED, "en"], LAYOUTS)))
def test_the_page_draws_the_same_from_the_words_of_the_answer(language, layout):
    translated = replace(content(), words=languages.words(language))
    body = json.loads(answer(translated, Design(layout=layout)).body)
    html = body.pop("drawn")["html"]
    assert ("words" in body) is (language != "en")
    assert draw(parse_content(json.dumps(body)), Design(layout=layout)) == html


def test_a_missing_text_stays_english_and_values_are_no_patterns():
    assert say({}, "Read more") == say({"Verified": "x"}, "Read more") == "Read more"
    assert say({"a {x}": "b {x} {y}"}, "a {x}", x="{x}") == "b {x} {y}"


def test_the_server_answers_in_the_language_of_the_query(server) -> None:
    path = "/api/widgets/w1/public"
    german = server.get(f"{path}?lang=de-CH")
    assert german.json()["words"]["language"] == "de"
    assert 'lang="de"' in german.json()["drawn"]["html"]
    assert "words" not in server.get(f"{path}?lang=en").json()
    assert server.get(path).body == server.get(f"{path}?lang=en-GB").body
