"""The report on the terminal: the targets, and the pages side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from widget.telemetry.sampler import DEFAULT_RATE

from .content import LAYOUTS_OF_CARDS, SAMPLED
from .medians import COVERAGE, Medians
from .targets import KB, MB, Outcome, all_bytes, average_bytes, ratio
from .visit import FIXED, MOBILE, Sample

TITLES = {
    "shop": "Tresta, as shops have it",
    "carousel": "Tresta, carousel",
    "marquee": "Tresta, marquee",
    "seed": "Tresta, and an own tracker",
    "ours": "Tresta, drawn by Python",
    "plain": "JavaScript alone",
    "embla": "Embla, a carousel",
    "mpy": "PyScript, MicroPython",
    "py": "PyScript",
    "stock": "Pyodide as released",
}
LEGEND = """\
Medians of first visits in fresh profiles. "50 cards" is the first frame that shows all cards, "Python" the time when
Python is up, both since the start of the navigation; "again" is the second visit. Bytes are those on the wire, headers
included; KB is 1000. "CPU" is the time of the page's process on all processors. A wait is the delay of a timer; if no
task was over 50 ms, the longest wait bounds the longest task."""
_INTERVAL = f"{COVERAGE:.0%} interval"
_LEGEND_OF_TARGETS = f"""\
The {_INTERVAL} is how far chance may have moved the number, estimated from the spread of its visits or rounds
(bootstrap); a single visit or round says nothing about it. "?" marks a result that differs within the interval."""
_MARKS = {"aim": "✓✓ aim", "must": "✓ must", "missed": "✗ missed", "not measured": "- not measured"}
_COLUMNS: dict[str, Callable[[Sample], float]] = {
    "KB until ready": lambda page: page["ready_bytes"] / KB,
    "KB later": lambda page: page["later_bytes"] / KB,
    "Python, ms": lambda page: page["python_ms"],
    "50 cards, ms": lambda page: page["cards_ms"],
    "Python again, ms": lambda page: page["again_python_ms"],
    "longest task, ms": lambda page: page["longest_task_ms"],
    "CPU, ms": lambda page: page["cpu_ms"],
    "requests": lambda page: page["requests"],
    "longest wait, ms": lambda page: page["longest_wait_ms"],
    "blocking, ms": lambda page: page["blocking_ms"],
    "JS heap, MB": lambda page: page["heap_bytes"] / MB,
    "wasm, MB": lambda page: page["wasm_bytes"] / MB,
}


def report(outcomes: Sequence[Outcome], medians: Medians, versions: Mapping[str, str]) -> str:
    """The whole report; `versions` are the browsers' names with versions, by browser."""
    parts = [targets_table(outcomes), LEGEND]
    for browser, kinds in medians.items():
        for title, suffix in (
            (versions[browser], ""),
            (f"{versions[browser]}, CPU slowed down 4 times", "-slow"),
            (f"{versions[browser]}, on a line of {FIXED}", "-line"),
            (f"{versions[browser]}, CPU slowed down 4 times, on a line of {MOBILE}", "-mobile"),
        ):
            pages = {name: kinds[name + suffix] for name in TITLES if name + suffix in kinds}
            if pages:
                parts.append(f"{title}\n\n{comparison(pages)}")
    kinds = medians.get("chromium", {})
    if any(SAMPLED in name for name in kinds):
        parts.append(f"What each layout costs a visitor, in view\n\n{layouts(kinds)}")
    if "host-empty-seen" in kinds:
        times = ratio(kinds["host-empty-seen"]["lcp_ms"], kinds["host-seen"]["lcp_ms"])
        parts.append(
            f"The host page's LCP with an empty script in place of the tag / without one is {format_number(times)}."
        )
    if "track_error_us" in (ours := kinds.get("ours", {})):
        parts.append(
            f"Of each call, {ours['crossing_us']:.0f} us are the way from JavaScript into Python and back. "
            f"The full batch has {ours['batch_bytes']:.0f} bytes;\n"
            f"of its flush, {ours['beacon_ms']:.1f} ms are the browser's own sendBeacon."
        )
    return "\n\n".join(parts)


def targets_table(outcomes: Iterable[Outcome]) -> str:
    """Each target with its measured value, its bounds and its result."""
    rows = [("target", "measured", _INTERVAL, "must", "aim", "result")]
    for outcome in outcomes:
        target = outcome.target
        value = "" if outcome.value is None else f"{format_number(outcome.value)} {target.unit}".strip()
        interval = " - ".join(dict.fromkeys(format_number(end) for end in outcome.interval or ()))
        result = _MARKS[outcome.result] + ("" if outcome.is_clear else "?")
        rows.append((target.name, value, interval, f"{target.must:g}", f"{target.aim:g}", result))
    return f"{align(rows)}\n\n{_LEGEND_OF_TARGETS}"


def comparison(pages: Mapping[str, Sample]) -> str:
    """The pages side by side, with the ratio of their time to 50 cards to that of the stock and the plain page."""
    rows = [("page", *_COLUMNS, "stock / this", "this / plain")]
    for name, page in pages.items():
        cells = [_cell(column, page) for column in _COLUMNS.values()]
        rows.append((TITLES[name], *cells, _cards_ratio(pages, "stock", name), _cards_ratio(pages, name, "plain")))
    non_empty = [n for n in range(len(rows[0])) if any(row[n] for row in rows[1:])]
    return align([tuple(row[n] for n in non_empty) for row in rows])


def layouts(pages: Mapping[str, Sample]) -> str:
    """Bytes and requests of each layout, outside the sample, inside it, and on average."""
    rows: list[tuple[str, ...]] = [
        ("layout", "KB outside the sample", "requests", "KB inside", "requests", f"KB at {DEFAULT_RATE:.0%}")
    ]
    for layout in LAYOUTS_OF_CARDS:
        outside, inside = pages.get(layout), pages.get(layout + SAMPLED)
        if outside and inside:
            costs = [cell for page in (outside, inside) for cell in (all_bytes(page) / KB, page["requests"])]
            rows.append((layout, *map(format_number, [*costs, average_bytes(outside, inside) / KB])))
    return align(rows)


def align(rows: Iterable[Sequence[str]]) -> str:
    """The rows as columns under a line of headings: numbers to the right, words and the first column to the left."""
    head, *body = list(rows)
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    is_number = [all(not row[n] or row[n].removeprefix("-")[:1].isdigit() for row in body) for n in range(len(head))]

    def line(row: Sequence[str]) -> str:
        cells = zip(row, widths, is_number, strict=True)
        return "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells).rstrip()

    return "\n".join([line(head), "  ".join("-" * width for width in widths), *map(line, body)])


def _cell(column: Callable[[Sample], float], page: Sample) -> str:
    try:
        return format_number(column(page))
    except KeyError:
        return ""


def _cards_ratio(pages: Mapping[str, Sample], dividend: str, divisor: str) -> str:
    if dividend not in pages or divisor not in pages:
        return ""
    return format_number(ratio(pages[dividend]["cards_ms"], pages[divisor]["cards_ms"]))


def format_number(value: float) -> str:
    """The number with three digits, or with all digits before the point if there are more."""
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
