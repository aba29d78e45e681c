"""`bench`: rounds of visits, each kind once a round or more, in one browser after the other; then what came of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from ..browsers import launch
from ..build import dist
from ..machine.environment import ROOT
from ..machine.progress import say, step
from . import chart, figures, machine, pages, table, visitors
from .medians import WIRE, medians
from .visit import Kind, Sample
from .visitors import CHROMIUM, Visit

REPORT = ROOT / "bench.json"
CHART = ROOT / "web" / "demo" / "bench.svg"

# In every browser these, the quick ones more often: a frame sooner or later is much of their time.
FIRST = {
    "ours": Kind("ours", python=True, counts=True, again=True, times=3),
    "stock": Kind("stock", python=True),
    "plain": Kind("plain", times=3),
    "shop": Kind("shop", times=3),
}
_CHROMIUM = {
    **FIRST,
    "plain": Kind("plain", times=8),  # of these two the bound is near, and a frame is much of it
    "shop": Kind("shop", times=8),
    "py": Kind("py", python=True),
    "mpy": Kind("mpy", python=True),
    "sampled": Kind("sampled"),
    "ours-slow": Kind("ours", python=True, slowed=4),
    "stock-slow": Kind("stock", python=True, slowed=4),
    "ours-line": Kind("ours", python=True, line=True, again=True),
    "stock-line": Kind("stock", python=True, line=True),
    "shop-line": Kind("shop", line=True),
    "plain-line": Kind("plain", line=True),
    "host": Kind("host", vitals=True, clicks=12),
    "host-shop": Kind("host-shop", vitals=True, clicks=12),
    "host-sampled": Kind("host-sampled", vitals=True, clicks=12),
    # A first paint comes with one frame or the next: it takes many visits to tell a few ms.
    "host-seen": Kind("host", vitals=True, times=8),
    "host-empty-seen": Kind("host-empty", vitals=True, times=8),
    "host-shop-seen": Kind("host-shop", vitals=True, times=8),
    "host-seen-line": Kind("host", vitals=True, line=True, times=8),
    "host-shop-seen-line": Kind("host-shop", vitals=True, line=True, times=8),
}
# In Chromium all of them, and of these the bytes.
_WEIGHED = ("ours", "stock", "plain", "shop", "py", "mpy", "sampled")
KINDS = _CHROMIUM | {name + WIRE: replace(_CHROMIUM[name], wire=True, times=1) for name in _WEIGHED}


def bench(rounds: int, names: Sequence[str]) -> None:
    """Print the report, write it to REPORT and, with Chromium in it, to CHART; raises BuildError."""
    launch.ensure()
    dist.build()
    about = machine.describe()
    samples: dict[str, dict[str, list[Sample]]] = {}
    versions: dict[str, str] = {}
    left_out = [reason for name in names if (reason := visitors.why_not(name))]
    for reason in left_out:
        say(reason)
    with pages.serving() as shop:
        for name in names:
            if not visitors.why_not(name):
                with visitors.opened(name) as (versions[name], visit):
                    kinds = KINDS if name == CHROMIUM else FIRST
                    samples[name] = rounds_of(visit, kinds, shop, rounds, versions[name])
    found, outcomes = medians(samples), figures.outcomes(samples)
    print("\n".join([table.report(outcomes, found, versions), "", machine.sentence(about), *left_out]))
    everything = {
        "machine": about,
        "browsers": versions,
        "left_out": left_out,
        "rounds": rounds,
        "figures": [outcome.as_json() for outcome in outcomes],
        "medians": found,
        "samples": samples,
    }
    REPORT.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    if CHROMIUM in found:
        how = f"{versions[CHROMIUM]}, medians of {rounds} rounds. {machine.sentence(about)}"
        chart.write(CHART, found[CHROMIUM], how)


def rounds_of(visit: Visit, kinds: dict[str, Kind], shop: str, rounds: int, title: str) -> dict[str, list[Sample]]:
    """What each kind's visits gave. The kinds take turns, so that a busy minute falls on all of them alike."""
    samples: dict[str, list[Sample]] = {name: [] for name in kinds}
    for number in range(rounds):
        with step(f"{title}, round {number + 1} of {rounds}"):
            for turn in range(max(kind.times for kind in kinds.values())):
                for name, kind in kinds.items():
                    if turn < kind.times:
                        samples[name].append(visit(f"{shop}/{kind.page}.html", kind))
    return samples
