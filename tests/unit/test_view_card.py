from __future__ import annotations

import pytest

from widget.content import Testimonial as Said  # pytest takes a name with Test for a test
from widget.design import Design
from widget.view import excerpt
from widget.view.card import draw_card
from widget.view.markup import render
from widget.view.name import initials

FULL = Said(
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


def card(testimonial: Said = FULL, **design: object) -> str:
    return render(draw_card(testimonial, Design(**design), 3))


def test_a_card_shows_everything_there_is():
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
def test_a_part_the_owner_hides_is_not_in_the_card(flag, mark):
    assert mark in card()
    assert mark not in card(**{flag: False})


def test_a_bare_testimonial_has_no_empty_parts():
    html = card(Said(id="t", author="Bo", text="Good."))

    for part in ("stars", "badge", "role", "origin", "<img", "more", 'class="head"'):
        assert part not in html


def test_five_stars_are_drawn_whatever_the_rating():
    for rating in range(1, 6):
        html = card(Said(id="t", author="Bo", text="Good.", rating=rating))
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
def test_initials_of_many_scripts(name, letters):
    assert initials(name) == letters


def test_a_name_without_a_letter_gets_a_person():
    assert "icon person" in card(Said(id="t", author="😀", text="Good."))


def test_a_long_text_is_cut_between_words_and_kept_whole():
    text = "A word and another. " * 40
    shown, hidden = excerpt.split(text)

    assert shown + hidden == text
    assert len(shown) <= excerpt.SHOWN
    assert hidden.startswith(" ")
    html = card(Said(id="t", author="Bo", text=text))
    assert 'data-action="more" data-index="3" aria-expanded="false">Read more<' in html


def test_a_text_hardly_too_long_is_not_cut():
    text = "x" * (excerpt.SHOWN + excerpt.LEAST_HIDDEN)

    assert excerpt.split(text) == (text, "")
    assert excerpt.split(text + "x") != (text + "x", "")


def test_many_lines_are_cut_as_well():
    shown, hidden = excerpt.split("a\n" * 30)

    assert shown.count("\n") == excerpt.SHOWN_LINES - 1
    assert shown + hidden == "a\n" * 30


@pytest.mark.parametrize("cluster", ["👩‍🚀", "e\u0301", "👍🏽"])
def test_a_cut_takes_no_sign_apart(cluster):
    for offset in range(4):
        shown, hidden = excerpt.split("x" * offset + cluster * 200)
        assert hidden
        assert (len(shown) - offset) % len(cluster) == 0
