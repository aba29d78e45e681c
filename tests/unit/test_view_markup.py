from __future__ import annotations

import pytest

from widget.view.markup import element, render


def test_text_and_attributes_are_escaped():
    node = element("p", '<img src=x onerror=alert(1)> & "it\'s"', title='"><script>alert(1)</script>')

    assert render(node) == (
        '<p title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">'
        "&lt;img src=x onerror=alert(1)&gt; &amp; &quot;it&#39;s&quot;</p>"
    )


def test_invalid_characters_become_replacement_characters():
    assert render("a\x00b\x1bc\ud800d\n\te") == "a\ufffdb\ufffdc\ufffdd\n\te"
    render("\udfff").encode()


@pytest.mark.parametrize("tag", ["script", "style", "iframe", "svg onload=x", "IMG", ""])
def test_an_element_that_is_not_in_the_list_is_rejected(tag):
    with pytest.raises(ValueError, match="not one of the elements"):
        element(tag)


@pytest.mark.parametrize("name", ["onclick", "ONLOAD", "style", "Style", "srcdoc", "a b", "x=y", ">", ""])
def test_an_attribute_that_could_run_a_script_is_rejected(name):
    with pytest.raises(ValueError, match="not one a widget may have"):
        element("p", **{name: "x"})
    with pytest.raises(ValueError, match="not one a widget may have"):
        element("p").with_attributes(**{name: "x"})


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//a.test", "/a", "java\nscript:x", ""])
def test_a_link_that_is_not_http_is_omitted(url):
    assert render(element("a", "x", href=url)) == "<a>x</a>"
    assert render(element("img", src=url)) == "<img>"


def test_attributes_are_omitted_empty_or_have_a_value():
    node = element("button", None, "x", class_="a", data_index=0, hidden=True, aria_current=None, disabled=False)

    assert render(node) == '<button class="a" data-index="0" hidden>x</button>'
    assert render(element("a", href="https://a.test/?b=1&c=2")) == '<a href="https://a.test/?b=1&amp;c=2"></a>'
