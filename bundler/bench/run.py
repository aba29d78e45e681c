"""`bench`: visits each page in each browser in several rounds, then reports the medians and the targets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from ..browsers import launch
from ..build import dist
from ..machine.environment import ROOT
from ..machine.progress import say, step
from . import chart, content, machine, pages, table, targets, visitors
from .crashes import PageCrashed
from .medians import WIRE, medians_of
from .visit import FIXED, MOBILE, Kind, Sample
from .visitors import CHROMIUM, Visit

REPORT = ROOT / "bench.json"
CHART = ROOT / "web" / "demo" / "bench.svg"

# Visits in every browser. Quick pages are visited more often: one frame more or less is much of their time.
FIRST = {
    "ours": Kind("ours", python=True, counts=True, again=True, times=3),
    "stock": Kind("stock", python=True),
    "plain": Kind("plain", times=3),
    "shop": Kind("grid", times=3),
    "carousel": Kind("carousel", times=3),
    "embla": Kind("embla", times=3),
}
# The pages that need no Python, by kind.
_QUICK = {"shop": "grid", "carousel": "carousel", "marquee": "marquee", "plain": "plain", "embla": "embla"}
# Each layout outside and inside the sample. Only bytes and requests are counted of these.
_LAYOUTS = {name: Kind(name) for name in content.WIDGETS if name != "undrawn"}
_CHROMIUM = {
    **FIRST,
    "plain": Kind("plain", times=8),  # more visits for these two: their ratio is close to its bound
    "shop": Kind("grid", times=8),
    "marquee": Kind("marquee"),
    "seed": Kind("seed"),
    "py": Kind("py", python=True),
    "mpy": Kind("mpy", python=True),
    "sampled": Kind("grid-sampled"),
    "ours-slow": Kind("ours", python=True, slowed=4),
    "stock-slow": Kind("stock", python=True, slowed=4),
    "ours-line": Kind("ours", python=True, line=FIXED, again=True),
    "stock-line": Kind("stock", python=True, line=FIXED),
    "mpy-line": Kind("mpy", python=True, line=FIXED),
    **{f"{name}-line": Kind(page, line=FIXED) for name, page in _QUICK.items()},
    "ours-mobile": Kind("ours", python=True, line=MOBILE, slowed=4),
    "stock-mobile": Kind("stock", python=True, line=MOBILE, slowed=4),
    "mpy-mobile": Kind("mpy", python=True, line=MOBILE, slowed=4),
    **{f"{name}-mobile": Kind(page, line=MOBILE, slowed=4) for name, page in _QUICK.items()},
    "host": Kind("host", vitals=True, clicks=12),
    "host-shop": Kind("host-shop", vitals=True, clicks=12),
    "host-sampled": Kind("host-sampled", vitals=True, clicks=12),
    # A paint falls into one frame or the next, so it takes many visits to measure a difference of a few ms.
    "host-seen": Kind("host", vitals=True, times=8),
    "host-empty-seen": Kind("host-empty", vitals=True, times=8),
    "host-shop-seen": Kind("host-shop", vitals=True, times=8),
    "host-seen-line": Kind("host", vitals=True, line=FIXED, times=8),
    "host-shop-seen-line": Kind("host-shop", vitals=True, line=FIXED, times=8),
}
_WITH_BYTES = ("ours", "stock", "plain", "shop", "py", "mpy", "sampled", "seed", "embla", "carousel", "marquee")
# Visits in Chromium: all kinds, and further visits that count bytes.
_COUNTED = {name: _CHROMIUM[name] for name in _WITH_BYTES} | _LAYOUTS
KINDS = _CHROMIUM | {name + WIRE: replace(kind, wire=True, times=1) for name, kind in _COUNTED.items()}


def bench(rounds: int, browsers: Sequence[str]) -> None:
    """Measure in these browsers, print the report and write it to REPORT; write CHART if Chromium is one of them.

    Raises BuildError.
    """
    launch.ensure()
    dist.build()
    about = machine.describe()
    samples: dict[str, dict[str, list[Sample]]] = {}
    versions: dict[str, str] = {}
    skipped = [reason for name in browsers if (reason := visitors.missing_reason(name))]
    for reason in skipped:
        say(reason)
    with pages.serving(content.fetch()) as shop:
        for name in browsers:
            if not visitors.missing_reason(name):
                with visitors.open_browser(name) as (versions[name], visit):
                    kinds = KINDS if name == CHROMIUM else FIRST
                    samples[name] = make_visits(visit, kinds, shop, rounds, versions[name])
    medians, outcomes = medians_of(samples), targets.outcomes(samples)
    print("\n".join([table.report(outcomes, medians, versions), "", machine.sentence(about), *skipped]))
    everything = {
        "machine": about,
        "browsers": versions,
        "left_out": skipped,
        "rounds": rounds,
        "figures": [outcome.as_json() for outcome in outcomes],
        "medians": medians,
        "samples": samples,
    }
    REPORT.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    if CHROMIUM in medians:
        caption = f"{versions[CHROMIUM]}, medians of {rounds} rounds. {machine.sentence(about)}"
        chart.write(CHART, medians[CHROMIUM], caption)


def make_visits(visit: Visit, kinds: dict[str, Kind], shop: str, rounds: int, title: str) -> dict[str, list[Sample]]:
    """The samples of all rounds by kind. The kinds take turns, so that a busy minute affects all of them."""
    samples: dict[str, list[Sample]] = {name: [] for name in kinds}
    for number in range(rounds):
        with step(f"{title}, round {number + 1} of {rounds}"):
            for turn in range(max(kind.times for kind in kinds.values())):
                for name, kind in kinds.items():
                    if turn < kind.times:
                        try:
                            samples[name].append(visit(f"{shop}/{kind.page}.html", kind))
                        except PageCrashed as crash:
                            say(f"{crash} crashed")
    return samples
