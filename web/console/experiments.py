"""An experiment as people write it: its draft in the form, the API's body, and its parts in words."""

from . import moments
from .types import Json

LETTERS = "abcd"
DAY_S = 86400.0
# The figure, its words, and the kind of its value.
FIGURES = (
    ("interaction_rate", "Page views with an interaction", "fraction"),
    ("error_share", "Page views with an error", "fraction"),
    ("p50", "p50 of load time", "ms"),
    ("p75", "p75 of load time", "ms"),
)
# The options that have a menu; `more` takes all others as text.
MENUS = (
    ("layout", "Layout", ("grid", "carousel", "masonry", "list", "wall", "marquee", "badge")),
    ("card", "Card", ("default", "minimal", "bordered", "glass")),
    ("theme", "Theme", ("light", "dark", "auto")),
)
STATES = {"planned": "Planned", "running": "Running", "ended": "Ended"}


def new(widget: str = "") -> Json:
    """A draft as the form starts with it: the present design against another layout, for four weeks."""
    variants = [_variant("50"), _variant("50")]
    variants[1]["layout"] = "list"
    draft: Json = {"name": "", "widget": widget, "figure": FIGURES[0][0], "starts": "", "days": "28", "change": "20"}
    draft["variants"] = variants
    return draft


def with_variants(draft: Json, count: int) -> Json:
    """The draft with this number of variants, in equal shares."""
    variants = draft["variants"][:count]
    variants += [_variant("") for _ in range(count - len(variants))]
    even = 100 // count
    for number, variant in enumerate(variants):
        variant["share"] = str(even + 100 % count if number == 0 else even)
    changed = dict(draft)
    changed["variants"] = variants
    return changed


def body_of(draft: Json, now: float) -> Json:
    """The API's body, at the time `now` in seconds since 1970. Raises ValueError with a sentence for a wrong text."""
    days = _number(draft["days"], "The number of days")
    start = moments.seconds(draft["starts"]) if draft["starts"] else now
    return {
        "widget": draft["widget"],
        "name": draft["name"].strip() or "Experiment",
        "figure": draft["figure"],
        "variants": [
            {"share": share, "design": design_of(draft["variants"][number])}
            for number, share in enumerate(shares_of(draft))
        ],
        "starts_at": moments.iso(start) if draft["starts"] else None,
        "ends_at": moments.iso(start + days * DAY_S),
    }


def shares_of(draft: Json) -> list[float]:
    """The shares as fractions. Raises ValueError."""
    return [round(_number(each["share"], "A share") / 100, 6) for each in draft["variants"]]


def change_of(draft: Json) -> float:
    """The change to be seen, as a fraction. Raises ValueError."""
    return round(_number(draft["change"], "The change") / 100, 6)


def design_of(variant: Json) -> Json:
    """The options of a variant that differ. Raises ValueError for other options that are not `name=value`."""
    design: Json = {name: variant[name] for name, _, _ in MENUS if variant[name]}
    for part in variant["more"].replace(";", ",").split(","):
        name, sign, value = part.partition("=")
        if sign:
            design[name.strip().replace("-", "_")] = value.strip()
        elif part.strip():
            raise ValueError("Other options are written as max=6, primary-color=#1a73e8.")
    return design


def words(design: Json) -> str:
    """A design in words: `layout list, theme dark`, or `as it is now`."""
    parts = [f"{name.replace('_', ' ')} {_value(design[name])}" for name in sorted(design)]
    return ", ".join(parts) or "as it is now"


def difference(figure: Json, kind: str) -> str:
    """A difference from variant a with its interval: `+4.0 points, +1.4 to +6.6`; empty if there is none."""
    if figure["difference"] is None:
        return ""
    factor, unit = (100, "points") if kind == "fraction" else (1, "ms")
    numbers = [None if figure[name] is None else figure[name] * factor for name in ("difference", "low", "high")]
    value, low, high = [_signed(number, kind) for number in numbers]
    return f"{value} {unit}, {low} to {high}"


def _signed(number: float | None, kind: str) -> str:
    if number is None:
        return "unknown"
    text = f"{abs(number):.1f}" if kind == "fraction" else f"{abs(number):.0f}"
    if float(text) == 0:
        return text
    return ("+" if number > 0 else "\u2212") + text


def _value(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def _variant(share: str) -> Json:
    return {"share": share, "layout": "", "card": "", "theme": "", "more": ""}


def _number(typed: str, name: str) -> float:
    try:
        return float(typed.strip().rstrip("%").replace(",", "."))
    except ValueError:
        raise ValueError(f"{name} must be a number, such as 20.")
