"""The public table of all fields that may leave the page: for people, and for the digest in each batch.

The server shows it in the console and in the privacy documents. A page does not need it, so it carries only the digest.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

from .schema import LAYOUTS, MAX_COUNT, MAX_LOAD_MS, REGIONS, SCHEMA, UNKNOWN_LAYOUT, UNKNOWN_REGION


@dataclass(frozen=True)
class Field:
    """One line of the table. `panel` is where the owner sees what the field is for."""

    name: str
    type: str
    bounds: str
    purpose: str
    panel: str


_MS = f"0-{MAX_LOAD_MS} whole milliseconds"

FIELDS = (
    Field("schema", "number", f"{SCHEMA}", "lets the server refuse what it does not understand", "Health"),
    Field("digest", "text", "8 of 0-9 a-f", "lets the server refuse a page that follows another table", "Health"),
    Field("widget", "text", "1-64 of A-Z a-z 0-9 _ -", "which of the owner's widgets the figures are about", "Widgets"),
    Field("version", "text", "three numbers, such as 0.1.0", "tells a bad release from a bad day", "Versions"),
    Field("rate", "number", "a fraction above 0, at most 1", "each row stands for 1/rate page views", "all"),
    Field(
        "layout", "word", f"{', '.join(LAYOUTS)} or {UNKNOWN_LAYOUT}", "which layout is slow, which is used", "Layouts"
    ),
    Field("load_ms", "number", _MS, "how long the visitor waited", "Load time"),
    Field("content_ms", "number", _MS, "when the content was there", "Start of Python"),
    Field("wanted_ms", "number", _MS, "when the page wanted Python", "Start of Python"),
    Field("ready_ms", "number", _MS, "when Python was up; 0: no script tag waited", "Start of Python"),
    Field("report_ms", "number", _MS, "when the page reported first", "Start of Python"),
    Field("errors", "counts", f"code of A-Z 0-9 _ (48 at most): 1-{MAX_COUNT}", "what fails, and how often", "Errors"),
    Field("interactions", "counts", f"layout: 1-{MAX_COUNT}", "whether anybody uses the controls", "Interactions"),
    Field("variant", "word", "a running experiment and a-d, such as e7-b", "which design works better", "Experiments"),
    Field(
        "region",
        "word",
        f"one of {len(REGIONS) - 1} regions of the world or {UNKNOWN_REGION}, never a country",
        "where the widget is slow or fails; off until the owner switches it on",
        "Regions",
    ),
    Field(
        "truth",
        "number",
        f"a fraction above 1/{len(REGIONS)}, below 1",
        "the probability that the region is the page's own, if pages name regions by chance",
        "Regions",
    ),
)


def table_text() -> str:
    """The table as text: a line for each field. `schema.DIGEST` is the start of its SHA-256 in hexadecimal."""
    return "".join("\t".join(astuple(field)) + "\n" for field in FIELDS)
