"""HTML drawn from hostile testimonials, as real parsers understand it."""

from __future__ import annotations

from tests.hostile import CHECK, TEXTS, drawings


def test_the_check_sees_what_would_hurt(page):
    assert page.evaluate(CHECK, "<p><img src=https://evil.example/x onerror=1></p><svg><script>1</script></svg>") == [
        "src=https://evil.example/x",
        "onerror",
        "script",
    ]
    assert all(page.evaluate(CHECK, text) != [] for text in TEXTS[:3])


def test_no_text_becomes_an_element_a_handler_or_an_address_of_its_own(page):
    for html in drawings():
        assert page.evaluate(CHECK, html) == []
    assert page.evaluate("window.hurt") is None
