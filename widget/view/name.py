"""What a name looks like in a small circle."""

from __future__ import annotations

import unicodedata


def initials(name: str) -> str:
    """One or two letters of a name, or nothing when it has no letter.

    Two only where letters have case: Arabic would join them into a word, and two Han characters are a name of
    their own.
    """
    letters = [letter for word in name.split() if (letter := _first_letter(word))]
    if not letters:
        return ""
    first, last = letters[0], letters[-1]
    if len(letters) > 1 and _has_case(first) and _has_case(last):
        return _upper(first) + _upper(last)
    return _upper(first)


def _first_letter(word: str) -> str:
    """The first letter or digit of a word, with the marks that belong to it."""
    start = next((place for place, sign in enumerate(word) if sign.isalnum()), None)
    if start is None:
        return ""
    end = start + 1
    while end < len(word) and unicodedata.category(word[end]).startswith("M"):
        end += 1
    return word[start:end]


def _has_case(letter: str) -> bool:
    return letter.lower() != letter.upper()


def _upper(letter: str) -> str:
    upper = letter.upper()
    return upper if len(upper) == len(letter) else letter  # the capital of ß would be two letters
