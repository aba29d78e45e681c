"""The score of all ratings: average, stars and count, as a line above a layout or as a layout of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from ..content import Testimonial
from ..words import Words, say, say_count
from .icons import average_stars
from .markup import Element, Node, element

SCORE = """
.score { display: flex; flex-wrap: wrap; align-items: center; gap: .25em .75em }
.score .stars { position: relative }
.score .on-top { position: absolute; inset-block-start: 0; inset-inline-start: 0; width: auto; overflow: hidden }
.summary {
  width: fit-content;
  margin: 0 4px var(--t-gap)!important;
  border-radius: .25em;
  background: var(--t-bare);
  box-shadow: 0 0 0 .5em var(--t-bare);
  color: var(--t-quiet);
}
.summary .average { font-size: 1.2em; font-weight: 600; color: var(--t-text) }
.summary .basis { font-size: .875em }
"""


Score: TypeAlias = tuple[float, int]  # the mean of the ratings, from 1 to 5, and how many there are


def score_of(testimonials: Sequence[Testimonial]) -> Score | None:
    """The score of the testimonials that have a rating; None if there are none."""
    ratings = [testimonial.rating for testimonial in testimonials if testimonial.rating]
    return (sum(ratings) / len(ratings), len(ratings)) if ratings else None


def draw_summary(score: Score, words: Words) -> Element:
    """The line above a layout."""
    average = element("span", _out_of_five(score, words), class_="average")
    return element("p", average_stars(score[0]), average, _basis(score, words), class_="score summary")


def draw_badge(score: Score, words: Words) -> Element:
    """The line on its own, as short as can be. Screen readers read the number with its scale."""
    stars = average_stars(score[0]).with_attributes(role="img", aria_label=_out_of_five(score, words))
    average = element("span", _average(score, words), class_="average", aria_hidden="true")
    return element("p", stars, average, _basis(score, words), class_="score")


def _average(score: Score, words: Words) -> str:
    whole, _, tenth = f"{score[0]:.1f}".partition(".")
    return say(words, "{whole}.{tenth}", whole=whole, tenth=tenth)


def _out_of_five(score: Score, words: Words) -> str:
    return say(words, "{average} out of 5", average=_average(score, words))


def _basis(score: Score, words: Words) -> Node:
    return element("span", say_count(words, "{count} rating", "{count} ratings", score[1]), class_="basis")
