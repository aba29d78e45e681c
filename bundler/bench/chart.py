"""The comparison as a picture for the README: bars, in colors that are read on white and on black."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .figures import KB
from .table import TITLES
from .visit import Sample

_INK, _OTHERS, _OURS = "#808890", "#9aa3ad", "#c8643c"


def write(path: Path, kinds: Mapping[str, Sample], caption: str) -> None:
    """An SVG of the pages in a browser's medians: how long, how stiff, how much until its cards are seen."""
    # The same figures give the same bytes, and the reader's own font the letters.
    with mpl.rc_context({"svg.hashsalt": "tresta", "svg.fonttype": "none", "font.family": "sans-serif"}):
        names = [name for name in TITLES if name in kinds][::-1]
        figure = Figure(figsize=(10, 0.42 * len(names) + 1.3), layout="constrained")
        panels: dict[str, Callable[[Sample], float]] = {
            "until 50 cards are seen, ms": lambda page: page["cards_ms"],
            "longest task meanwhile, ms": lambda page: page["longest_task_ms"],
            "loaded until then, KB": lambda page: page["ready_bytes"] / KB,
        }
        for axes, (title, of) in zip(figure.subplots(1, 3, sharey=True), panels.items(), strict=True):
            _bars(axes, title, {name: of(kinds[name]) for name in names})
        figure.supxlabel(caption, fontsize=8, color=_INK)
        figure.savefig(path, transparent=True, metadata={"Date": None})


def _bars(axes: Axes, title: str, values: Mapping[str, float]) -> None:
    colors = [_OURS if name in ("ours", "shop") else _OTHERS for name in values]
    bars = axes.barh([TITLES[name] for name in values], list(values.values()), color=colors, height=0.62)
    axes.bar_label(bars, fmt="{:,.0f}", padding=4, color=_INK, fontsize=9)
    axes.set_title(title, loc="left", color=_INK, fontsize=10)
    axes.margins(x=0.2)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors=_INK, labelsize=9)
    axes.xaxis.set_visible(False)
