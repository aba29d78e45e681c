"""The colours of one theme, each made readable on what it lies on."""

from __future__ import annotations

from dataclasses import dataclass

from ..design import Design
from .colors import (
    BLACK,
    GRAPHIC_CONTRAST,
    TEXT_CONTRAST,
    WHITE,
    Color,
    css,
    ink_on,
    mix,
    parse_color,
    readable,
)

_PRIMARY: Color = (79, 70, 229)
_SECONDARY: Color = (217, 119, 6)
_GLASS_SHARE = 0.8  # how much of a glass card is its own colour, and how little the page behind it


@dataclass(frozen=True)
class Scheme:
    """A theme's own greys."""

    surface: Color
    text: Color
    muted: Color
    line: Color
    tinge: float  # how much of the primary colour is in a tint
    behind: Color  # the worst that can lie behind glass
    shadow: str  # the last three are plain CSS
    edge: str  # around a card that has a shadow
    rim: str  # around glass


LIGHT = Scheme(
    WHITE,
    (31, 35, 40),
    (89, 99, 110),
    (216, 222, 228),
    0.12,
    BLACK,
    "rgb(0 0 0/.08)",
    "transparent",
    "rgb(255 255 255/.6)",
)
DARK = Scheme(
    (29, 33, 39),
    (240, 243, 246),
    (163, 173, 184),
    (61, 69, 79),
    0.28,
    WHITE,
    "rgb(0 0 0/.4)",
    "#2f363f",
    "rgb(255 255 255/.14)",
)


def palette(scheme: Scheme, design: Design) -> dict[str, Color]:
    """The colours by name. A text colour reaches AA on its own background, whatever the owner chose.

    `text`, `muted`, `link` and `star` lie on the card or on a `tile`; `tint_text` on `tint`; `on_primary` on
    `primary`; `quiet` and `control` (the icon of a button, a dot) on `surface`.
    """
    primary = parse_color(design.primary_color) or _PRIMARY
    secondary = parse_color(design.secondary_color) or _SECONDARY
    surface = scheme.surface
    card = mix(surface, scheme.behind, _GLASS_SHARE) if design.card == "glass" else surface
    tint, tile = mix(primary, surface, scheme.tinge), mix(primary, surface, scheme.tinge / 2)

    def on_card(color: Color, ratio: float) -> Color:
        return readable(readable(color, card, ratio), tile, ratio)

    return {
        "surface": surface,
        "card": card,
        "line": scheme.line,
        "text": scheme.text,
        "muted": on_card(scheme.muted, TEXT_CONTRAST),
        "link": on_card(primary, TEXT_CONTRAST),
        "star": on_card(secondary, GRAPHIC_CONTRAST),
        "control": readable(primary, surface, TEXT_CONTRAST),
        "quiet": readable(scheme.muted, surface, TEXT_CONTRAST),
        "tile": tile,
        "tint": tint,
        "tint_text": readable(primary, tint, TEXT_CONTRAST),
        "primary": primary,
        "on_primary": ink_on(primary),
    }


def variables(scheme: Scheme, design: Design) -> str:
    """The palette as CSS custom properties."""
    colors = palette(scheme, design)
    named = "".join(f"--t-{name.replace('_', '-')}:{css(color)};" for name, color in colors.items())
    red, green, blue = colors["surface"]
    glass = f"rgb({red} {green} {blue}/{_GLASS_SHARE})"
    # Bare cards stand on the page itself only where the owner has said whether it is light or dark: under
    # "auto" the page may not follow the visitor's choice, and text could vanish on it.
    bare = "var(--t-surface)" if design.theme == "auto" else "transparent"
    return (
        f"{named}--t-glass:{glass};--t-bare:{bare};"
        f"--t-shadow:{scheme.shadow};--t-edge:{scheme.edge};--t-rim:{scheme.rim};"
    )
