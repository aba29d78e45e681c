from __future__ import annotations

from typing import Any

import pytest

from widget.content import Testimonial as Review  # pytest would collect a name that begins with Test
from widget.design import Design
from widget.view import excerpt
from widget.view.card import draw_card
from widget.view.markup import render
from widget.view.name import initials

FULL = Review(
    id="t1",
    author="Maya Lind",
    text="Fine.\nVery fine.",
    role="Founder",
    company="Studio Ro",
    avatar="https://cdn.test/maya.jpg",
    url="https://reviews.test/1",
    date="2026-03-09",
    rating=4,
    verified=True,
)


def card(testimonial: Review = FULL, /, **design: Any) -> str:
    return render(draw_card(testimonial, Design(**design), 3))


def test_a_card_shows_all_fields():
    html = card()

    assert 'role="img" aria-label="Rated 4 out of 5"' in html
    assert '<p dir="auto">Fine.\nVery fine.</p>' in html
    assert ">Maya Lind<" in html
    assert ">Founder, Studio Ro<" in html
    assert '<time datetime="2026-03-09" dir="ltr">9 March 2026</time>' in html
    assert "Verified</span>" in html
    assert 'href="https://reviews.test/1" target="_blank" rel="noopener noreferrer nofollow ugc"' in html
    for attribute in ('referrerpolicy="no-referrer"', 'loading="lazy"', 'decoding="async"', 'alt=""', 'width="44"'):
        assert attribute in html


@pytest.mark.parametrize(
    ("flag", "mark"),
    [
        ("show_rating", "Rated"),
        ("show_date", "<time"),
        ("show_avatar", "avatar"),
        ("show_role", "Founder"),
        ("show_company", "Studio Ro"),
        ("show_verified", "Verified"),
    ],
)
def test_a_field_that_the_owner_hides_is_not_in_the_card(flag, mark):
    assert mark in card()
    assert mark not in card(**{flag: False})


def test_a_testimonial_with_few_fields_has_no_empty_elements():
    html = card(Review(id="t", author="Bo", text="Good."))

    for part in ("stars", "badge", "role", "origin", "<img", "more", 'class="head"'):
        assert part not in html


def test_each_rating_draws_five_stars():
    for rating in range(1, 6):
        html = card(Review(id="t", author="Bo", text="Good.", rating=rating))
        assert html.count("z") >= 5
        assert html.count('class="on"') == 1
        assert html.count('class="off"') == (0 if rating == 5 else 1)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maya Lind", "ML"),
        ("  maya   van der lind ", "ML"),
        ("Björk", "B"),
        ("Ángel Ñúñez", "ÁÑ"),
        ("Élise O'Neill", "ÉO"),
        ("Ангелина Морозова", "АМ"),  # noqa: RUF001
        ("Ελένη Παππά", "ΕΠ"),
        ("Արամ Խաչատրյան", "ԱԽ"),
        ("سلمى الحداد", "س"),
        ("דוד לוי", "ד"),
        ("王小明", "王"),
        ("さくら 田中", "さ"),
        ("किरण शर्मा", "कि"),
        ("นิรันดร์", "น\u0e34"),
        ("김 민준", "김"),
        ("(Anna) *Berg*", "AB"),
        ("ßtraße", "ß"),
        ("7eleven", "7"),
        ("😀 🎉", ""),
        ("—", ""),
    ],
)
def test_initials_in_many_scripts(name, letters):
    assert initials(name) == letters


def test_a_name_without_a_letter_gets_the_person_icon():
    assert "icon person" in card(Review(id="t", author="😀", text="Good."))


def test_a_long_text_is_split_between_words():
    text = "A word and another. " * 40
    visible, hidden = excerpt.split(text)

    assert visible + hidden == text
    assert len(visible) <= excerpt.MAX_VISIBLE
    assert hidden.startswith(" ")
    html = card(Review(id="t", author="Bo", text=text))
    assert 'data-action="more" data-index="3" data-other="Read less" aria-expanded="false">Read more<' in html


def test_a_text_slightly_over_the_limit_is_not_split():
    text = "x" * (excerpt.MAX_VISIBLE + excerpt.MIN_HIDDEN)

    assert excerpt.split(text) == (text, "")
    assert excerpt.split(text + "x") != (text + "x", "")


def test_a_text_of_many_lines_is_split():
    visible, hidden = excerpt.split("a\n" * 30)

    assert visible.count("\n") == excerpt.MAX_LINES - 1
    assert visible + hidden == "a\n" * 30


@pytest.mark.parametrize("cluster", ["👩‍🚀", "e\u0301", "👍🏽"])
def test_a_split_keeps_composed_characters_whole(cluster):
    for offset in range(4):
        visible, hidden = excerpt.split("x" * offset + cluster * 200)
        assert hidden
        assert (len(visible) - offset) % len(cluster) == 0
