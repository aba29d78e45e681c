"""The widget's words in each language: the texts of this directory's files; dates, numbers and plurals from CLDR."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

from widget.words import Words

DIRECTORY = Path(__file__).parent
LANGUAGES = frozenset({"en", *(path.stem for path in DIRECTORY.glob("*.toml"))})
NUMBERS = range(200)  # whose plural forms are sent: see widget/words.py

_ENGLISH = Locale("en")
_QUOTED = re.compile(r"'([^']*)'")  # literal text in a date pattern of CLDR
_FIELDS = {"y": "{year}", "MMMM": "{month}", "M": "{month}", "dd": "{day}", "d": "{day}"}


def choose(*tags: str) -> str:
    """The language of the first BCP 47 tag that is one of LANGUAGES, regions aside; English if there is none."""
    return next((language for tag in tags if (language := _language(tag))), "en")


@cache
def words(language: str, *, receipt: bool = True) -> Words:
    """All words of one of LANGUAGES, with or without those of the receipt. English has none: the code has its texts."""
    if language == "en":
        return {}
    locale = Locale.parse(language, sep="-")
    table = tomllib.loads((DIRECTORY / f"{language}.toml").read_text(encoding="utf-8"))
    of_receipt = table.pop("receipt")
    table |= of_receipt if receipt else {}
    forms = list(dict.fromkeys(locale.plural_form(number) for number in NUMBERS))
    direction = {"direction": "rtl"} if locale.text_direction == "rtl" else {}
    texts = {text: _forms(entry, forms) if isinstance(entry, dict) else entry for text, entry in table.items()}
    decimal = {"{whole}.{tenth}": f"{{whole}}{locale.number_symbols['latn']['decimal']}{{tenth}}"}
    return {"language": language, **direction, "forms": _digits(locale, forms), **_dates(locale), **decimal, **texts}


def _language(tag: str) -> str:
    try:
        locale = Locale.parse(tag.strip().lower(), sep="-")
    except (ValueError, UnknownLocaleError):
        return ""
    language = f"{locale.language}-{locale.script}" if locale.script == "Hant" else locale.language
    return language if language in LANGUAGES else ""


def _forms(texts: dict[str, str], forms: list[str]) -> list[str]:
    return [texts[form] for form in forms]


def _digits(locale: Locale, forms: list[str]) -> str:
    """The index of each number's plural form, without the repetitions at the end."""
    digits = "".join(str(forms.index(locale.plural_form(number))) for number in NUMBERS)
    return digits.rstrip(digits[-1]) + digits[-1]


def _dates(locale: Locale) -> dict[str, str]:
    """The date's pattern, and the months as the pattern needs them: some languages inflect or number them."""
    pattern = str(locale.date_formats["long"].pattern)
    parts = _QUOTED.split(pattern)  # every second one is literal
    parts[::2] = [re.sub("y|M+|d+", lambda field: _FIELDS[field[0]], part) for part in parts[::2]]
    names: dict[int, Any] = locale.months["format"]["wide"]
    if "MMMM" not in pattern:
        names = {number: str(number) for number in names}
    english = _ENGLISH.months["format"]["wide"]
    return {"{day} {month} {year}": "".join(parts)} | {english[number]: name for number, name in names.items()}
