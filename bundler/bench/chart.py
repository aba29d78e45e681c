"""The comparison as a bar chart for docs/slim-runtime.md, in colors that are legible on white and on black."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .table import TITLES
from .targets import KB
from .visit import Sample

_TEXT, _OTHERS, _TRESTA = "#808890", "#9aa3ad", "#c8643c"


def write(path: Path, pages: Mapping[str, Sample], caption: str) -> None:
    """Write an SVG of one browser's medians by page: time to cards, longest task, bytes."""
    # The fixed salt gives the same bytes for the same numbers; the font is the reader's own.
    with mpl.rc_context({"svg.hashsalt": "tresta", "svg.fonttype": "none", "font.family": "sans-serif"}):
        names = [name for name in TITLES if name in pages][::-1]
        figure = Figure(figsize=(10, 0.42 * len(names) + 1.3), layout="constrained")
        panels: dict[str, Callable[[Sample], float]] = {
            "until 50 cards are visible, ms": lambda page: page["cards_ms"],
            "longest task, ms": lambda page: page["longest_task_ms"],
            "loaded until then, KB": lambda page: page["ready_bytes"] / KB,
        }
        for axes, (title, number_of) in zip(figure.subplots(1, 3, sharey=True), panels.items(), strict=True):
            _draw_bars(axes, title, {name: number_of(pages[name]) for name in names})
        figure.supxlabel(caption, fontsize=8, color=_TEXT)
        figure.savefig(path, transparent=True, metadata={"Date": None})


def _draw_bars(axes: Axes, title: str, values: Mapping[str, float]) -> None:
    colors = [_TRESTA if TITLES[name].startswith("Tresta") else _OTHERS for name in values]
    bars = axes.barh([TITLES[name] for name in values], list(values.values()), color=colors, height=0.62)
    axes.bar_label(bars, fmt="{:,.0f}", padding=4, color=_TEXT, fontsize=9)
    axes.set_title(title, loc="left", color=_TEXT, fontsize=10)
    axes.margins(x=0.2)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors=_TEXT, labelsize=9)
    axes.xaxis.set_visible(False)
