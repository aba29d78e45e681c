"""The design of a widget: the owner's choices, each checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

from .telemetry.schema import LAYOUTS

CARDS = ("default", "minimal", "bordered", "glass")
THEMES = ("light", "dark", "auto")
MAX_TESTIMONIALS = 100

_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FONT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,39}(?:, ?[A-Za-z0-9][A-Za-z0-9 _-]{0,39}){0,5}")
_DIGITS = re.compile(r"[0-9]{1,4}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")


@dataclass(frozen=True)
class Design:
    """All choices about the looks. An empty color or font means the theme's own, an empty language the page's."""

    layout: str = "grid"
    card: str = "default"
    theme: str = "auto"
    primary_color: str = ""
    secondary_color: str = ""
    background_color: str = ""  # the page's, behind the widget
    font: str = ""
    language: str = ""  # a BCP 47 tag; see server/languages/
    max: int = 12  # testimonials shown, 1 to MAX_TESTIMONIALS
    autoplay: int = 6  # seconds between two slides of a carousel, 2 to 60; 0: off
    show_rating: bool = True
    show_date: bool = True
    show_avatar: bool = True
    show_role: bool = True
    show_company: bool = True
    show_verified: bool = True
    show_summary: bool | None = None  # the score of all ratings; None: in the layout `wall` only


NAMES = tuple(field.name for field in fields(Design))


def parse_design(values: Mapping[str, object], base: Design | None = None) -> tuple[Design, list[str]]:
    """`base` with the valid values on top, and a sentence for each invalid one.

    Keys are field names; other keys are ignored. Numbers and flags may be text, since attributes are text.
    """
    choices: dict[str, object] = {}
    problems: list[str] = []
    for name, (convert, expected) in _CHECKS.items():
        if values.get(name) is None:
            continue
        value = convert(values[name])
        if value is None:
            problems.append(f"{name} must be {expected}; the default is used.")
        else:
            choices[name] = value
    return replace(base or Design(), **choices), problems  # type: ignore[arg-type]


def is_language(value: object) -> bool:
    """Whether it has the form of a BCP 47 tag, such as de or pt-BR."""
    return isinstance(value, str) and bool(_LANGUAGE.fullmatch(value))


def _one_of(*words: str) -> Callable[[object], str | None]:
    def convert(value: object) -> str | None:
        word = value.strip().lower() if isinstance(value, str) else None
        return word if word in words else None

    return convert


def _matching(pattern: re.Pattern[str]) -> Callable[[object], str | None]:
    def convert(value: object) -> str | None:
        return value if isinstance(value, str) and (value == "" or pattern.fullmatch(value)) else None

    return convert


def _whole(*ranges: range) -> Callable[[object], int | None]:
    def convert(value: object) -> int | None:
        if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
            value = int(value)
        return value if type(value) is int and any(value in allowed for allowed in ranges) else None

    return convert


def _flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    words = {"": True, "true": True, "on": True, "yes": True, "1": True}
    words |= {"false": False, "off": False, "no": False, "0": False}
    return words.get(value.strip().lower()) if isinstance(value, str) else None


_CHECKS: dict[str, tuple[Callable[[object], object], str]] = {
    "layout": (_one_of(*LAYOUTS), f"one of {', '.join(LAYOUTS)}"),
    "card": (_one_of(*CARDS), f"one of {', '.join(CARDS)}"),
    "theme": (_one_of(*THEMES), f"one of {', '.join(THEMES)}"),
    "primary_color": (_matching(_COLOR), "a color such as #1a73e8"),
    "secondary_color": (_matching(_COLOR), "a color such as #1a73e8"),
    "background_color": (_matching(_COLOR), "a color such as #1a73e8"),
    "font": (_matching(_FONT), "font names such as Georgia, serif"),
    "language": (_matching(_LANGUAGE), "a language such as de or pt-BR"),
    "max": (_whole(range(1, MAX_TESTIMONIALS + 1)), f"a whole number from 1 to {MAX_TESTIMONIALS}"),
    "autoplay": (_whole(range(1), range(2, 61)), "0, or whole seconds from 2 to 60"),
    **{
        f"show_{part}": (_flag, "true or false")
        for part in ("rating", "date", "avatar", "role", "company", "verified", "summary")
    },
}
