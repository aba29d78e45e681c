"""Where a long text is cut, so that no card towers over the others."""

from __future__ import annotations

import unicodedata

SHOWN = 260  # characters before 'Read more'
SHOWN_LINES = 7
LEAST_HIDDEN = 80  # fewer are not worth a click
SHORT = 90  # characters that may stand larger


def split(text: str) -> tuple[str, str]:
    """The part that is always shown and the part behind 'Read more', which is empty for a short text."""
    end = min(_end_of_lines(text), _end_of_words(text))
    return text[:end], text[end:]


def _end_of_lines(text: str) -> int:
    lines = text.split("\n")
    if len(lines) <= SHOWN_LINES + 2:
        return len(text)
    return len("\n".join(lines[:SHOWN_LINES]))


def _end_of_words(text: str) -> int:
    if len(text) <= SHOWN + LEAST_HIDDEN:
        return len(text)
    blank = max(text.rfind(" ", SHOWN - 60, SHOWN), text.rfind("\n", SHOWN - 60, SHOWN))
    if blank > 0:
        return blank
    end = SHOWN  # a script without blanks, or one endless word
    while end > SHOWN - 20 and _belongs_to_previous(text, end):
        end -= 1
    return end


def _belongs_to_previous(text: str, place: int) -> bool:
    """Whether a cut here would take a mark off its letter, or an emoji apart."""
    joiner = "\N{ZERO WIDTH JOINER}"
    after = text[place]
    return (
        unicodedata.category(after).startswith("M")
        or joiner in (after, text[place - 1])
        or "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= after <= "\N{EMOJI MODIFIER FITZPATRICK TYPE-6}"
    )
