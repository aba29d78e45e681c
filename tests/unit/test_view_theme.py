from __future__ import annotations

import itertools
import re

import pytest

from widget.design import CARDS, THEMES, Design
from widget.telemetry.schema import LAYOUTS
from widget.view import stylesheet
from widget.view.colors import contrast, mix, parse_color, readable
from widget.view.palette import DARK, LIGHT, palette

ODD_COLORS = ["", "#000", "#fff", "#ffee00", "#777777", "#00ff00", "#ff00ff", "#a4492c", "#001122", "#fefefe"]


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("color", ODD_COLORS)
def test_every_text_is_readable_on_its_background(scheme, card, color):
    colors = palette(scheme, Design(card=card, primary_color=color, secondary_color=color))

    pairs = [("on_primary", "primary"), ("tint_text", "tint"), ("control", "surface"), ("quiet", "surface")]
    pairs += [(ink, ground) for ink in ("text", "muted", "link") for ground in ("card", "tile")]
    for ink, ground in pairs:
        assert contrast(colors[ink], colors[ground]) >= 4.5, (ink, ground)
    for ground in ("card", "tile"):
        assert contrast(colors["star"], colors[ground]) >= 3, ground


def test_glass_is_readable_over_any_background():
    for scheme, behind in itertools.product((LIGHT, DARK), ((0, 0, 0), (255, 255, 255), (200, 30, 90))):
        colors = palette(scheme, Design(card="glass"))
        ground = mix(scheme.surface, behind, 0.8)
        assert f"/{0.8}" in stylesheet(Design(card="glass"))
        for ink in ("text", "muted", "link"):
            assert contrast(colors[ink], ground) >= 4.5, (ink, behind)


def test_contrast_is_that_of_wcag():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert readable((1, 2, 3), (255, 255, 255), 4.5) == (1, 2, 3)


@pytest.mark.parametrize("text", ["red", "#12", "#12345", "#gggggg", "#fff;}*{x", "url(x)", "", "#１２３"])  # noqa: RUF001
def test_an_invalid_color_is_none(text):
    assert parse_color(text) is None


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("theme", THEMES)
def test_a_stylesheet_is_complete_small_and_loads_nothing(layout, card, theme):
    css = stylesheet(Design(layout=layout, card=card, theme=theme))

    assert css == stylesheet(Design(layout=layout, card=card, theme=theme))
    assert css.count("{") == css.count("}") > 50
    assert len(css) < 14_000
    assert not re.search(r"url\(|@import|expression|<", css)
    assert ("prefers-color-scheme" in css) == (theme == "auto")
    for part in ("all: initial", "prefers-reduced-motion", "forced-colors", ":focus-visible", "container-type"):
        assert part in css
    used = set(re.findall(r"var\((--t-[a-z-]+)", css))
    assert used <= set(re.findall(r"(--t-[a-z-]+) ?:", css))


def test_only_the_layout_in_use_is_in_the_stylesheet():
    marks = {
        "carousel": ".slides",
        "masonry": ".masonry",
        "wall": ".featured",
        "marquee": ".track",
        "badge": "nowrap; gap",
    }
    for layout, (other, mark) in itertools.product(LAYOUTS, marks.items()):
        assert (mark in stylesheet(Design(layout=layout))) == (layout == other)


@pytest.mark.parametrize("bad", ["red;}*{display:none", "</style><script>alert(1)</script>", "url(//evil.test)"])
def test_an_unchecked_design_cannot_break_out_of_a_css_value(bad):
    clean = stylesheet(Design())
    assert stylesheet(Design(primary_color=bad, secondary_color=bad)) == clean

    css = stylesheet(Design(font=bad))
    assert css.count("{") == clean.count("{")
    assert not re.search(r"<|url\(|display:none", css)


def test_fonts_are_quoted_and_followed_by_the_systems_fonts():
    css = stylesheet(Design(font="Iowan Old Style, Georgia, serif"))

    assert '--t-font:"Iowan Old Style","Georgia",serif,system-ui' in css


def test_a_minimal_card_is_transparent_only_if_the_owner_sets_the_theme():
    assert "--t-bare:transparent" in stylesheet(Design(card="minimal", theme="dark"))
    assert "--t-bare:transparent" not in stylesheet(Design(card="minimal", theme="auto"))
