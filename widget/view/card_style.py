"""The CSS of cards: the common part, and the four styles."""

from __future__ import annotations

# Only four fonts, 1em, 1.2em and .875em in two weights: the first text in each makes the page wait for another process.
# The avatar's size is set by min and max: over a broken picture with a width and a height Chromium draws an icon,
# which would cover the initials. Without them it draws nothing.
# Firefox draws a frame around a picture that is loading, hence :-moz-loading.
CARD = """
.card {
  position: relative;
  display: flex;
  flex-direction: column;
  gap: .75em;
  height: 100%;
  padding: 1.5em;
  border: 1px solid transparent;
  border-radius: var(--t-radius);
  color: var(--t-text);
  overflow-wrap: anywhere;
}
.head {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: .25em .75em;
  min-height: 1.5em;
}
.stars { display: inline-flex; line-height: 0 }
.stars svg { width: 6.25em; height: 1.25em; overflow: visible }
.stars:dir(rtl) svg { transform: scaleX(-1) }
.stars .on { fill: var(--t-star) }
.stars .off { fill: none; stroke: var(--t-star); stroke-width: 1.6; opacity: .75 }
.badge {
  display: inline-flex;
  align-items: center;
  gap: .3em;
  font-size: .875em;
  color: var(--t-muted);
}
.badge .icon { color: var(--t-link) }
.quote { white-space: pre-line; margin-block: auto }
.quote p { text-align: start }
.short p { font-size: 1.2em; line-height: 1.45; letter-spacing: -.005em }
.rest { display: none }
.card[data-open] .rest { display: inline }
.card[data-open] .ellipsis { display: none }
.tresta .more {
  align-self: flex-start;
  min-height: 2.95em;
  min-width: 2.95em;
  margin: -.75em 0 -.8em;
  font-weight: 600;
  font-size: .875em;
  color: var(--t-link);
  text-align: start;
}
.more:hover, .link:hover { text-decoration: underline; text-underline-offset: .2em }
.by { display: flex; flex-direction: column; gap: .75em; padding-top: .5em }
.person { display: flex; align-items: center; gap: .75em; min-width: 0 }
.avatar {
  position: relative;
  flex: none;
  display: inline-flex;
  align-items: center;
  justify-content: center;
  width: 44px;
  height: 44px;
  border-radius: 50%;
  overflow: hidden;
  font-weight: 600;
  font-size: .875em;
  letter-spacing: .02em;
  background: var(--t-tint);
  color: var(--t-tint-text);
}
.avatar img {
  position: absolute;
  inset: 0;
  width: auto;
  height: auto;
  min-width: 100%;
  max-width: 100%;
  min-height: 100%;
  max-height: 100%;
  object-fit: cover;
  border-radius: 50%;
}
.avatar img:-moz-loading { visibility: hidden }
.who {
  display: flex;
  flex-direction: column;
  align-items: flex-start;
  min-width: 0;
  line-height: 1.35;
}
.name { font-weight: 600; font-size: .875em }
.role { font-size: .875em; color: var(--t-muted) }
.origin {
  display: flex;
  flex-wrap: wrap;
  justify-content: space-between;
  align-items: center;
  gap: 0 1em;
  font-size: .875em;
  color: var(--t-muted);
  margin-bottom: -.5em;
}
.origin time { padding: .4em 0 }
.link {
  display: inline-flex;
  align-items: center;
  gap: .3em;
  min-height: 3.2em;
  margin: -.65em 0;
  color: var(--t-link);
  font-weight: 600;
  text-decoration: none;
  border-radius: .25em;
}
.link .icon { width: 1em; height: 1em }
@media (forced-colors:active) {
  .card, .avatar { border: 1px solid CanvasText }
  .stars .on { fill: CanvasText }
  .stars .off { stroke: CanvasText }
}
"""

_DEFAULT = """
.card {
  background: var(--t-surface);
  border-color: var(--t-edge);
  box-shadow: 0 1px 2px var(--t-shadow), 0 6px 20px -6px var(--t-shadow);
}
"""

_MINIMAL = """
.card { background: var(--t-bare); padding: 1em }
"""

_BORDERED = """
.card { background: var(--t-surface); border-color: var(--t-line); border-radius: .5em }
"""

_GLASS = """
.card {
  background: var(--t-glass);
  border-color: var(--t-rim);
  -webkit-backdrop-filter: blur(14px) saturate(1.5);
  backdrop-filter: blur(14px) saturate(1.5);
  box-shadow: 0 8px 28px -8px var(--t-shadow);
}
"""

CARD_STYLES = {"default": _DEFAULT, "minimal": _MINIMAL, "bordered": _BORDERED, "glass": _GLASS}
