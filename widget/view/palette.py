"""The colors of one theme, each readable on its background."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
_WARMTH = 0.06  # of the primary color in a dark surface
_GLASS_OPACITY = 0.8  # of a glass card over the page behind it


@dataclass(frozen=True)
class Scheme:
    """A theme's own colors. `shadow`, `edge` and `rim` are CSS."""

    surface: Color
    text: Color
    muted: Color
    line: Color
    tint_share: float  # of the primary color in a tint, 0 to 1
    behind_glass: Color  # the background with the least contrast that the page can have
    shadow: str
    edge: str  # the border of a card with a shadow
    rim: str  # the border of a glass card


LIGHT = Scheme(
    surface=WHITE,
    text=(31, 35, 40),
    muted=(89, 99, 110),
    line=(216, 222, 228),
    tint_share=0.12,
    behind_glass=BLACK,
    shadow="rgb(0 0 0/.08)",
    edge="transparent",
    rim="rgb(255 255 255/.6)",
)
DARK = Scheme(
    surface=(32, 32, 33),
    text=(243, 243, 243),
    muted=(173, 173, 174),
    line=(69, 69, 70),
    tint_share=0.28,
    behind_glass=WHITE,
    shadow="rgb(0 0 0/.4)",
    edge="#373738",
    rim="rgb(255 255 255/.14)",
)


def adapted(scheme: Scheme, design: Design) -> Scheme:
    """The scheme in the hue of the page's background, if that is given and as light or dark as the scheme.

    Without it, dark cards take a little of the owner's primary color.
    """
    ground = parse_color(design.background_color)
    is_dark = scheme is DARK
    if ground and (ink_on(ground) == WHITE) is is_dark:
        ink = WHITE if is_dark else BLACK
        return replace(
            scheme,
            surface=mix(WHITE, ground, 0.06 if is_dark else 0.8),
            text=mix(ink, ground, 0.9),
            muted=mix(ink, ground, 0.6),
            line=mix(ink, ground, 0.18 if is_dark else 0.14),
            edge=css(mix(ink, ground, 0.12)) if is_dark else scheme.edge,
        )
    primary = parse_color(design.primary_color)
    if not is_dark or not primary:
        return scheme
    surface, line = mix(primary, scheme.surface, _WARMTH), mix(primary, scheme.line, _WARMTH)
    return replace(scheme, surface=surface, line=line, edge=css(mix(primary, (55, 55, 56), _WARMTH)))


def palette(scheme: Scheme, design: Design) -> dict[str, Color]:
    """The colors by name. Text reaches WCAG AA on its background, whatever colors the owner chose.

    The backgrounds: `card` and `tile` for `text`, `muted`, `link` and `star`; `tint` for `tint_text`; `primary` for
    `on_primary`; `surface` for `quiet` and `control` (the icon of a button, a dot).
    """
    primary = parse_color(design.primary_color) or _PRIMARY
    secondary = parse_color(design.secondary_color) or _SECONDARY
    scheme = adapted(scheme, design)
    surface = scheme.surface
    card = mix(surface, scheme.behind_glass, _GLASS_OPACITY) if design.card == "glass" else surface
    tint, tile = mix(primary, surface, scheme.tint_share), mix(primary, surface, scheme.tint_share / 2)

    def on_card(color: Color, ratio: float) -> Color:
        return readable(readable(color, card, ratio), tile, ratio)

    return {
        "surface": surface,
        "card": card,
        "line": scheme.line,
        "text": on_card(scheme.text, TEXT_CONTRAST),
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
    scheme = adapted(scheme, design)
    colors = palette(scheme, design)
    properties = "".join(f"--t-{name.replace('_', '-')}:{css(color)};" for name, color in colors.items())
    red, green, blue = colors["surface"]
    glass = f"rgb({red} {green} {blue}/{_GLASS_OPACITY})"
    # Cards without a background need a page whose theme the owner has set. With "auto" the page may not follow the
    # visitor's setting, and the text could be unreadable on it.
    bare = "var(--t-surface)" if design.theme == "auto" else "transparent"
    return (
        f"{properties}--t-glass:{glass};--t-bare:{bare};"
        f"--t-shadow:{scheme.shadow};--t-edge:{scheme.edge};--t-rim:{scheme.rim};"
    )
