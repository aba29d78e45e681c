"""The widget's words in the visitor's language.

The code has the English texts. They are the keys of another language's words, which server/languages/ has and which
come with the content. A text that is missing there stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

# Texts by their English ones; a text with a count is a list of the language's plural forms. Three keys are no texts:
# `language` is a BCP 47 tag, `direction` is "rtl" or missing, and `forms` has a digit for each number from 0, the index
# of its plural form. The digits 100 to 199 are those of larger numbers by their last two digits. The last one repeats.
Words: TypeAlias = Mapping[str, Any]

_FIELD = re.compile(r"\{(\w+)\}")
_ENGLISH_FORMS = "101"  # of (one, other)


def say(words: Words, text: str, **values: object) -> str:
    """The English `text` in the language of the words, with each `{name}` in it replaced by the value."""
    text = str(words.get(text, text))
    return _FIELD.sub(lambda field: str(values.get(field[1], field[0])), text) if values else text


def say_count(words: Words, one: str, other: str, count: int) -> str:
    """As `say`, in the plural form of the count. The words have the forms under `other`."""
    forms = words.get("forms", _ENGLISH_FORMS)
    number = count if count < 100 else 100 + count % 100
    texts = words.get(other, (one, other))
    return say({}, texts[int(forms[min(number, len(forms) - 1)])], count=count)
