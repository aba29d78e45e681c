"""What a billion page views a day would take, on paper, from what one process and one ClickHouse did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PAGE_VIEWS = 1_000_000_000  # a day
BUSIEST = 3  # the busiest hour has so many times the mean
ROWS_OF_BATCH = 2
DAYS = 89  # for which rows stay
SHARES = {"1 in 100 counted": 0.01, "every page view counted": 1.0}


@dataclass(frozen=True)
class Measured:
    """What a second of CPU does, and what an answer and a row take."""

    batches: float  # by the server's process, for each second of CPU
    batches_of_clickhouse: float  # inserted by ClickHouse, for each second of CPU
    content_answers: float  # whole ones, by the server's process, for each second of CPU
    content_bytes: float
    bytes_per_row: float


def measured_table(measured: Measured) -> str:
    """The measured numbers, in Markdown."""
    size = f"{measured.content_bytes / 1000:.1f} KB, compressed by the server"
    rows = {
        "batches, by the server's process": f"{measured.batches:,.0f}",
        "the same batches, by ClickHouse": f"{measured.batches_of_clickhouse:,.0f}",
        f"whole content answers of 20 testimonials ({size})": f"{measured.content_answers:,.0f}",
        "disk": f"{measured.bytes_per_row:.1f} bytes a row",
    }
    return _markdown(["measured", "for each second of CPU"], {name: [value] for name, value in rows.items()})


def needs_table(measured: Measured) -> str:
    """The cores, the disk and the line that PAGE_VIEWS a day take in the busiest hour, in Markdown."""
    page_views_a_second = PAGE_VIEWS / 86_400 * BUSIEST
    content = page_views_a_second / measured.content_answers
    out = page_views_a_second * measured.content_bytes * 8
    rows = {"cores for content, if each answer is whole and nothing in front answers": [_number(content)] * len(SHARES)}
    batches = [page_views_a_second * share for share in SHARES.values()]
    rows["cores of server processes for batches"] = [_number(each / measured.batches) for each in batches]
    rows["cores of ClickHouse for inserts, on each replica"] = [
        _number(each / measured.batches_of_clickhouse) for each in batches
    ]
    rows["disk of each copy of all rows"] = [
        f"{_number(PAGE_VIEWS * share * ROWS_OF_BATCH * DAYS * measured.bytes_per_row / 1e9)} GB"
        for share in SHARES.values()
    ]
    rows["out to visitors, at most"] = [f"{_number(out / 1e9)} Gbit/s"] * len(SHARES)
    return _markdown(["in the busiest hour", *SHARES], rows)


def _number(value: float) -> str:
    """Two significant digits, without a power of ten."""
    return f"{float(f'{value:.2g}'):,g}"


def _markdown(head: list[str], rows: Mapping[str, list[str]]) -> str:
    lines = [head, ["---"] * len(head), *([name, *values] for name, values in rows.items())]
    return "\n".join(f"| {' | '.join(cells)} |" if cells[0] != "---" else f"|{'|'.join(cells)}|" for cells in lines)
