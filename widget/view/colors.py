"""Colors and their contrast as defined by WCAG 2.2."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

Color: TypeAlias = tuple[int, int, int]  # red, green, blue; 0 to 255 each

BLACK: Color = (0, 0, 0)
WHITE: Color = (255, 255, 255)

TEXT_CONTRAST = 4.5  # WCAG AA, https://www.w3.org/TR/WCAG22/#contrast-minimum
GRAPHIC_CONTRAST = 3.0  # https://www.w3.org/TR/WCAG22/#non-text-contrast


def parse_color(text: str) -> Color | None:
    """The color of `#rgb` or `#rrggbb`; None for any other text."""
    digits = text.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) != 6 or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
        return None
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def css(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def mix(color: Color, other: Color, share: float) -> Color:
    """A mix of `share` (0 to 1) of the first color with the other."""
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(color, other, strict=True))
    return red, green, blue


def contrast(color: Color, other: Color) -> float:
    """From 1 (no difference) to 21 (black on white)."""
    light, dark = sorted((_luminance(color), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(background: Color) -> Color:
    """Black or white, whichever has more contrast; at least 4.58."""
    return max(WHITE, BLACK, key=lambda ink: contrast(ink, background))


@lru_cache(maxsize=64)  # a theme needs a dozen, most of them the same for all widgets
def readable(color: Color, background: Color, ratio: float) -> Color:
    """The color, made darker or lighter just enough to reach the contrast ratio on the background."""
    ink = ink_on(background)
    for percent in range(100, 0, -2):
        shade = mix(color, ink, percent / 100)
        if contrast(shade, background) >= ratio:
            return shade
    return ink


def _luminance(color: Color) -> float:
    red, green, blue = (_linear(part / 255) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
