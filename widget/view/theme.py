"""The stylesheet of a widget's shadow root: theme, base, card and the layout in use."""

from __future__ import annotations

import re
from functools import lru_cache

from ..design import Design
from .card_style import CARD, CARD_STYLES
from .layouts import LAYOUTS
from .palette import DARK, LIGHT, variables
from .print_style import PRINT
from .receipt import CSS as RECEIPT
from .score import SCORE
from .states import STATES

_SYSTEM_FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'
_UNQUOTABLE = re.compile(r"[^A-Za-z0-9 _-]")
_GENERIC = {"serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "ui-serif", "ui-rounded"}

# `all: initial` on .tresta stops inheritance from the page, except for the direction, which `all` does not reset.
# Sizes are in em of the visitor's own text size, not rem, which a page with html{font-size:62.5%} would shrink.
# A container's width cannot come from its content, so the host element fills a flex or grid parent.
_BASE = """
:host {
  all: initial;
  display: block;
  flex: 1 1 auto;
  align-self: stretch;
  justify-self: stretch;
}
:host([hidden]) { display: none }
.tresta {
  all: initial;
  display: block;
  position: relative;
  box-sizing: border-box;
  width: 100%;
  min-width: 0;
  container-type: inline-size;
  contain-intrinsic-inline-size: 15em;
  font-family: var(--t-font);
  line-height: 1.55;
  color: var(--t-text);
  color-scheme: var(--t-scheme);
  --t-gap: 1.25em;
  --t-radius: 1em;
  -webkit-text-size-adjust: 100%;
}
:where(.tresta) *, :where(.tresta) *::before, :where(.tresta) *::after { box-sizing: border-box }
:where(.tresta) ul { list-style: none; margin: 0; padding: 0 }
:where(.tresta) figure, :where(.tresta) blockquote, :where(.tresta) p { margin: 0; padding: 0 }
:where(.tresta) button {
  font: inherit;
  color: inherit;
  background: none;
  border: 0;
  margin: 0;
  padding: 0;
  cursor: pointer;
  -webkit-tap-highlight-color: transparent;
}
.tresta [hidden] { display: none }
.icon { width: 1.15em; height: 1.15em; fill: currentColor; flex: none }
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.tresta :focus-visible {
  outline: 2px solid var(--t-control);
  outline-offset: 2px;
  box-shadow: 0 0 0 5px var(--t-surface);
}
.tresta .pill {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  gap: .5em;
  min-width: 2.75em;
  min-height: 2.75em;
  border-radius: 1.4em;
  color: var(--t-control);
  background: var(--t-surface);
  border: 1px solid var(--t-line);
  transition: background-color .15s, border-color .15s;
}
.tresta .pill:hover { border-color: currentColor; background: var(--t-tint); color: var(--t-tint-text) }
.tresta .worded { padding: 0 1.3em; font-weight: 600; font-size: .875em; min-height: 3.2em }
.tresta .expand { display: none }
.tresta[data-clamped] { max-height: var(--tresta-height); overflow: hidden }
.tresta[data-clamped] .body {
  max-height: var(--tresta-height);
  overflow: hidden;
  -webkit-mask-image: linear-gradient(#000 calc(100% - 9em), transparent calc(100% - 1.5em));
  mask-image: linear-gradient(#000 calc(100% - 9em), transparent calc(100% - 1.5em));
}
.tresta[data-clamped] .expand {
  display: inline-flex;
  position: absolute;
  bottom: .75em;
  left: 50%;
  transform: translateX(-50%);
  box-shadow: 0 4px 16px var(--t-shadow);
}
.tresta[data-clamped=unmeasured] .expand { visibility: hidden }
.tresta[data-clamped=unmeasured] .body { -webkit-mask-image: none; mask-image: none }
.tresta[data-clamped]:has(.body :focus-visible), .tresta[data-clamped] .body:has(:focus-visible) {
  max-height: none;
  -webkit-mask-image: none;
  mask-image: none;
}
.tresta[data-clamped=few], .tresta[data-clamped=few] .body {
  max-height: none;
  overflow: visible;
  -webkit-mask-image: none;
  mask-image: none;
}
.tresta[data-clamped=few] .expand, .all+span, [data-clamped=few] .all { display: none }
[data-clamped=few] .all+span { display: inline }
@media screen {
  @container (max-width:33.99em) {
    [data-clamped=few] li:nth-child(n+4) { display: none }
    .tresta[data-clamped=few] .expand {
      display: flex;
      position: static;
      transform: none;
      margin: 1.5em auto 0;
      box-shadow: none;
    }
  }
}
@media (prefers-reduced-motion:reduce) {
  .tresta * { animation: none!important; transition: none!important; scroll-behavior: auto!important }
}
@media (forced-colors:active) {
  .tresta :focus-visible { outline-color: Highlight }
  .icon { color: inherit !important }
}
"""


@lru_cache(maxsize=16)  # used by each state of a widget, and by widgets of the same design
def stylesheet(design: Design, *, receipt: bool = False) -> str:
    """The CSS of a widget of this design, for all its states; about 8 KB, without URLs. `receipt`: it has a receipt."""
    layout = LAYOUTS[design.layout]
    sheets = (_BASE, STATES, CARD, CARD_STYLES[design.card], SCORE, layout.css, PRINT, RECEIPT if receipt else "")
    return _theme(design) + " ".join("".join(sheets).split())


def _theme(design: Design) -> str:
    font = f"--t-font:{_font_family(design.font)};"
    light = f"{variables(LIGHT, design)}--t-scheme:light;"
    dark = f"{variables(DARK, design)}--t-scheme:dark;"
    if design.theme == "light":
        return f".tresta{{{light}{font}}}"
    # Only screens are dark: browsers print no background.
    media = "screen" if design.theme == "dark" else "screen and (prefers-color-scheme:dark)"
    return f".tresta{{{light}{font}}}@media {media}{{.tresta{{{dark}}}}}"


def _font_family(font: str) -> str:
    """The owner's fonts in quotes, followed by the system's fonts."""
    names = [_UNQUOTABLE.sub("", name).strip() for name in font.split(",")]
    families = [name if name in _GENERIC else f'"{name}"' for name in names if name]
    return ",".join([*families, _SYSTEM_FONTS])
