"""The visible start of a long text, so that no card is much higher than the others."""

from __future__ import annotations

import unicodedata

MAX_VISIBLE = 260  # characters before 'Read more'
MAX_LINES = 7
MIN_HIDDEN = 80  # characters; fewer are not worth a click
SHORT = 90  # characters; a shorter text has a larger font


def split(text: str) -> tuple[str, str]:
    """The visible part, and the part behind 'Read more', which is empty for a short text."""
    end = min(_end_of_lines(text), _end_of_words(text))
    return text[:end], text[end:]


def _end_of_lines(text: str) -> int:
    lines = text.split("\n")
    if len(lines) <= MAX_LINES + 2:
        return len(text)
    return len("\n".join(lines[:MAX_LINES]))


def _end_of_words(text: str) -> int:
    if len(text) <= MAX_VISIBLE + MIN_HIDDEN:
        return len(text)
    blank = max(text.rfind(" ", MAX_VISIBLE - 60, MAX_VISIBLE), text.rfind("\n", MAX_VISIBLE - 60, MAX_VISIBLE))
    if blank > 0:
        return blank
    end = MAX_VISIBLE  # a script without blanks, or a very long word
    while end > MAX_VISIBLE - 20 and _is_inside_character(text, end):
        end -= 1
    return end


def _is_inside_character(text: str, index: int) -> bool:
    """Whether a cut at the index would separate a mark from its letter, or the parts of an emoji."""
    joiner = "\N{ZERO WIDTH JOINER}"
    after = text[index]
    return (
        unicodedata.category(after).startswith("M")
        or joiner in (after, text[index - 1])
        or "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= after <= "\N{EMOJI MODIFIER FITZPATRICK TYPE-6}"
    )
