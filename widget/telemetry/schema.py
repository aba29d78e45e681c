"""The telemetry schema: all data that may leave the page. The page encodes with it, the server parses with it.

A batch is JSON text of at most `MAX_BYTES`:

    {"schema": 2, "digest": "057310d1", "widgets": [{"widget": "w1", "version": "0.1.0", "rate": 0.01,
      "loads": [{"layout": "grid", "load_ms": 412,
        "content_ms": 300, "wanted_ms": 420, "ready_ms": 900, "report_ms": 960}],
      "errors": {"API_ERROR": 2}, "interactions": {"carousel": 3},
      "variant": "e7-b", "region": "western-europe", "truth": 0.2514}]}

`variant` is there only while an experiment runs, with the page view's first events of their kind (exposure.py),
`region` only if the account has switched regions on, and `truth` only if the page names the region by randomised
response. A load has `ready_ms` if Python counts it, and not if the page view ended before Python was up; the other
three of STAGES are there as far as they are known. There is no other field, and every field has bounds, so a batch
cannot contain free text of the page. Pages with an old copy of the widget send schema 1, which has none of these and
no digest.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

SCHEMA = 2
DIGEST = "057310d1"  # of the table in fields.py
DIGESTS = (DIGEST, "f0264b5e", "6cd6d031")  # those that the server takes: of all tables of the last 90 days
OLD_SCHEMA = 1  # taken for 90 days more: browsers and proxies keep copies of the widget
MAX_BYTES = 8192
MAX_WIDGETS = 50  # in one batch
MAX_LOADS = 50  # of one widget in one batch
MAX_CODES = 20  # distinct error codes in one batch; the rest are counted as OTHER
MAX_COUNT = 1000  # of one page view; a visit cannot reach more, so the page counts no further
MAX_SENT_COUNT = 100_000  # pages with an older copy of the runtime counted up to this
MAX_LOAD_MS = 600_000  # ten minutes; a visitor does not wait longer
MIN_RATE = 1e-6

STAGES = ("content_ms", "wanted_ms", "ready_ms", "report_ms")  # of Python's start, as far as a load tells them
LAYOUTS = ("grid", "carousel", "masonry", "list", "wall", "marquee", "badge")
UNKNOWN_LAYOUT = "unknown"
# The sub-regions of the world of the United Nations (https://unstats.un.org/unsd/methodology/m49/), never a country.
UNKNOWN_REGION = "unknown"
REGIONS = (
    "northern-africa", "eastern-africa", "middle-africa", "southern-africa", "western-africa",
    "caribbean", "central-america", "south-america", "northern-america",
    "central-asia", "eastern-asia", "south-eastern-asia", "southern-asia", "western-asia",
    "eastern-europe", "northern-europe", "southern-europe", "western-europe",
    "australia-and-new-zealand", "melanesia", "micronesia", "polynesia",
    UNKNOWN_REGION,
)  # fmt: skip
OTHER_CODE = "OTHER"
INVALID_CODE = "INVALID_CODE"

WIDGET_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_JSON = json.JSONEncoder(separators=(",", ":"), check_circular=False)
_VERSION = re.compile(r"[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}(?:-[a-z]{1,5}\.?[0-9]{1,5})?")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,47}")
_VARIANT = re.compile(r"e[1-9][0-9]{0,8}-[a-d]")


@dataclass  # not frozen: see page/bridge.py
class Load:
    """One load of a widget. All times run from the script tag's execution; None: not told."""

    layout: str
    load_ms: int  # to the frame that shows the content
    content_ms: int | None = None  # the content's answer was there
    wanted_ms: int | None = None  # Python was wanted
    ready_ms: int | None = None  # Python was up; 0: no script tag waited for it
    report_ms: int | None = None  # the page's first batch left


@dataclass
class WidgetReport:
    """The counts of one widget, of one version, at one sampling rate, in a batch."""

    widget: str
    version: str
    rate: float
    loads: list[Load] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)
    interactions: dict[str, int] = field(default_factory=dict)
    variant: str = ""  # of an experiment; empty: none
    region: str = ""  # one of REGIONS; empty: not told
    truth: float = 1.0  # the probability that `region` is the page's own; below 1 with randomised response
    has_stages: bool = True  # False: the page follows a table of before STAGES; does not leave
    rate_on_error: float = 0.0  # that of the errors, if it is higher; see transport.py; does not leave

    def is_empty(self) -> bool:
        return not (self.loads or self.errors or self.interactions)

    def as_json(self) -> dict[str, object]:
        """The report as it leaves the page."""
        fields: dict[str, object] = json.loads(encode_report(self))
        return fields


def is_widget_id(value: object) -> bool:
    return isinstance(value, str) and WIDGET_ID.fullmatch(value) is not None


def is_version(value: object) -> bool:
    return isinstance(value, str) and _VERSION.fullmatch(value) is not None


def is_code(value: object) -> bool:
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def is_variant(value: object) -> bool:
    return isinstance(value, str) and _VARIANT.fullmatch(value) is not None


def is_truth(value: object) -> bool:
    """Whether it is the probability of a true answer to randomised response: more likely than any other answer."""
    return isinstance(value, float) and 1 / len(REGIONS) < value < 1


def is_layout(value: object) -> bool:
    return value in LAYOUTS or value == UNKNOWN_LAYOUT


def encode(reports: list[WidgetReport]) -> str:
    """The JSON text of one batch."""
    return enclose([encode_report(report) for report in reports])


def encode_report(report: WidgetReport) -> str:
    """The JSON text of one report, in ASCII."""
    text = _JSON.encode
    # By hand, because a visitor who leaves the page waits for it, and creating objects for the JSON encoder would take
    # twice as long. A layout is one of LAYOUTS, so it needs no escaping.
    loads = ",".join([_encode_load(load) for load in report.loads])
    variant = report.variant and f',"variant":"{report.variant}"'
    region = report.region and f',"region":"{report.region}"'
    if region and report.truth < 1:
        region += f',"truth":{report.truth}'
    return (
        f'{{"widget":{text(report.widget)},"version":{text(report.version)},"rate":{text(report.rate)},'
        f'"loads":[{loads}],"errors":{text(report.errors)},"interactions":{text(report.interactions)}{variant}{region}}}'
    )


def _encode_load(load: Load) -> str:
    stages = "".join([f',"{name}":{ms}' for name in STAGES if (ms := getattr(load, name)) is not None])
    return f'{{"layout":"{load.layout}","load_ms":{load.load_ms}{stages}}}'


def enclose(reports: list[str]) -> str:
    """The JSON text of one batch of encoded reports."""
    return f'{{"schema":{SCHEMA},"digest":"{DIGEST}","widgets":[{",".join(reports)}]}}'
