"""The visible start of a long text, so that no card is much higher than the others."""

from __future__ import annotations

import unicodedata

MAX_VISIBLE = 260  # characters before 'Read more'
MAX_LINES = 7
IN_ROWS = 160  # the same, where cards stand in rows: a card is as high as the longest text beside it
MIN_HIDDEN = 60  # characters; fewer are not worth a click
SHORT = 90  # characters; a shorter text has a larger font


def split(text: str, visible: int = MAX_VISIBLE) -> tuple[str, str]:
    """The visible part, and the part behind 'Read more', which is empty for a short text.

    `visible` is about the number of its characters.
    """
    end = min(_end_of_lines(text), _end_of_words(text, visible))
    return text[:end], text[end:]


def _end_of_lines(text: str) -> int:
    lines = text.split("\n")
    if len(lines) <= MAX_LINES + 2:
        return len(text)
    return len("\n".join(lines[:MAX_LINES]))


def _end_of_words(text: str, visible: int) -> int:
    if len(text) <= visible + MIN_HIDDEN:
        return len(text)
    blank = max(text.rfind(" ", visible - 60, visible), text.rfind("\n", visible - 60, visible))
    if blank > 0:
        return blank
    end = visible  # a script without blanks, or a very long word
    while end > visible - 20 and _is_inside_character(text, end):
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
