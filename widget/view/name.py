"""The initials of a name, for the avatar."""

from __future__ import annotations

import unicodedata


def initials(name: str) -> str:
    """One or two letters of a name; empty if it has no letter.

    Two only in scripts with upper and lower case: Arabic would join two letters into a word, and two Han characters
    would be another name.
    """
    letters = [letter for word in name.split() if (letter := _first_letter(word))]
    if not letters:
        return ""
    first, last = letters[0], letters[-1]
    if len(letters) > 1 and _has_case(first) and _has_case(last):
        return _upper(first) + _upper(last)
    return _upper(first)


def _first_letter(word: str) -> str:
    """The first letter or digit of a word, with its combining marks."""
    start = next((index for index, character in enumerate(word) if character.isalnum()), None)
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
