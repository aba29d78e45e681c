"""The CSS of paper: every testimonial with its whole text, and nothing to click."""

from __future__ import annotations

# Paper is light in any theme: see theme.py. Browsers leave out backgrounds, so cards need an edge.
PRINT = """
@media print {
  .tresta, .tresta .body {
    height: auto!important;
    max-height: none!important;
    overflow: visible!important;
    -webkit-mask-image: none!important;
    mask-image: none!important;
  }
  .tresta .expand, .tresta .more, .ellipsis, .link { display: none!important }
  .rest { display: inline }
  .quote { overflow: visible!important }
  .card {
    height: auto;
    border: 1px solid var(--t-line);
    background: none;
    box-shadow: none;
    -webkit-backdrop-filter: none;
    backdrop-filter: none;
  }
  .card, .body li { break-inside: avoid }
}
"""
