"""The report on the terminal: the promises, and the pages side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from .chromium import LINE_MBIT_S, LINE_MS
from .figures import KB, Outcome, ratio
from .medians import COVERAGE, Medians
from .visit import Sample

TITLES = {
    "ours": "Tresta, drawn by Python",
    "shop": "Tresta, as shops have it",
    "stock": "Pyodide as released",
    "py": "PyScript",
    "mpy": "PyScript, MicroPython",
    "plain": "JavaScript alone",
}
LEGEND = """\
Medians of first visits in fresh profiles. "50 cards" is the first frame that has them all, and "Python" the moment
from which it answers, both since the navigation began; "again" is the second visit. Bytes are those on the wire,
headers included; KB is 1000. A wait is how late a timer comes; where no task was over 50 ms, the longest one is no
longer than the longest wait."""
_INTERVAL = f"{COVERAGE:.0%} interval"
_CHANCE = f"""\
The {_INTERVAL} is how far chance may have moved the figure, told from how much its visits or rounds differ
(bootstrap); where there was one alone, it tells nothing. A "?" says that within it the verdict is another one, too."""
_MARKS = {"aim": "✓✓ aim", "must": "✓ must", "missed": "✗ missed", "not measured": "- not measured"}
_MB = 1_000_000
_COLUMNS: dict[str, Callable[[Sample], float]] = {
    "KB until ready": lambda page: page["ready_bytes"] / KB,
    "KB later": lambda page: page["later_bytes"] / KB,
    "Python, ms": lambda page: page["python_ms"],
    "50 cards, ms": lambda page: page["cards_ms"],
    "Python again, ms": lambda page: page["again_python_ms"],
    "longest task, ms": lambda page: page["longest_task_ms"],
    "longest wait, ms": lambda page: page["longest_wait_ms"],
    "blocking, ms": lambda page: page["blocking_ms"],
    "JS heap, MB": lambda page: page["heap_bytes"] / _MB,
    "wasm, MB": lambda page: page["wasm_bytes"] / _MB,
}


def report(outcomes: Sequence[Outcome], found: Medians, versions: Mapping[str, str]) -> str:
    """The whole report."""
    parts = [promises(outcomes), LEGEND]
    for browser, kinds in found.items():
        for title, suffix in (
            (versions[browser], ""),
            (f"{versions[browser]}, processor slowed down 4 times", "-slow"),
            (f"{versions[browser]}, over a line of {LINE_MBIT_S} Mbit/s and {LINE_MS} ms there and back", "-line"),
        ):
            pages = {name: kinds[name + suffix] for name in TITLES if name + suffix in kinds}
            if pages:
                parts.append(f"{title}\n\n{comparison(pages)}")
    kinds = found.get("chromium", {})
    if "host-empty-seen" in kinds:
        times = ratio(kinds["host-empty-seen"]["lcp_ms"], kinds["host-seen"]["lcp_ms"])
        parts.append(f"The host page's LCP with an empty script in place of our tag / without is {number(times)}.")
    if "track_error_us" in (ours := kinds.get("ours", {})):
        parts.append(
            f"The way from JavaScript into Python and back is {ours['crossing_us']:.0f} us of each call; "
            f"the full batch has {ours['batch_bytes']:.0f} bytes,\n"
            f"and {ours['beacon_ms']:.1f} ms of its flush are the browser's own sendBeacon."
        )
    return "\n\n".join(parts)


def promises(outcomes: Iterable[Outcome]) -> str:
    """Each figure, its bounds, and which of them is kept."""
    rows = [("figure", "measured", _INTERVAL, "must", "aim", "kept")]
    for outcome in outcomes:
        figure = outcome.figure
        shown = "" if outcome.value is None else f"{number(outcome.value)} {figure.unit}".strip()
        between = " - ".join(dict.fromkeys(number(end) for end in outcome.between or ()))
        kept = _MARKS[outcome.kept] + ("" if outcome.is_clear else "?")
        rows.append((figure.name, shown, between, f"{figure.must:g}", f"{figure.aim:g}", kept))
    return f"{aligned(rows)}\n\n{_CHANCE}"


def comparison(pages: Mapping[str, Sample]) -> str:
    """The pages side by side, and how many times the stock page and the plain one each takes."""
    rows = [("page", *_COLUMNS, "stock / this", "this / plain")]
    for name, page in pages.items():
        cells = [_cell(column, page) for column in _COLUMNS.values()]
        rows.append((TITLES[name], *cells, _times(pages, "stock", name), _times(pages, name, "plain")))
    filled = [n for n in range(len(rows[0])) if any(row[n] for row in rows[1:])]
    return aligned([tuple(row[n] for n in filled) for row in rows])


def aligned(rows: Iterable[Sequence[str]]) -> str:
    """The rows as columns, the first one and words to the left, numbers to the right; a line under the head."""
    head, *body = list(rows)
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    is_number = [all(not row[n] or row[n].removeprefix("-")[:1].isdigit() for row in body) for n in range(len(head))]

    def line(row: Sequence[str]) -> str:
        cells = zip(row, widths, is_number, strict=True)
        return "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells).rstrip()

    return "\n".join([line(head), "  ".join("-" * width for width in widths), *map(line, body)])


def _cell(column: Callable[[Sample], float], page: Sample) -> str:
    try:
        return number(column(page))
    except KeyError:
        return ""


def _times(pages: Mapping[str, Sample], dividend: str, divisor: str) -> str:
    if dividend not in pages or divisor not in pages:
        return ""
    return number(ratio(pages[dividend]["cards_ms"], pages[divisor]["cards_ms"]))


def number(value: float) -> str:
    """With three digits, or all that stand before the point."""
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
