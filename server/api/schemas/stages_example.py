"""An example of the answer about the stages of Python's start: 1,000 page views of the sample at one rate."""

from __future__ import annotations

from typing import Any

_RANGE = {"from": "2026-11-24T14:00:00Z", "to": "2026-11-24T15:00:00Z"}
_NONE = {"value": None, "low": None, "high": None, "page_views": None, "too_few": False, "too_uneven": False}


def _figure(value: float, low: float, high: float, page_views: int = 1000) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high, "page_views": page_views, "too_few": False, "too_uneven": False}


def _stage(stage: str, share: dict[str, Any], p50: dict[str, Any], p75: dict[str, Any]) -> dict[str, Any]:
    return {"stage": stage, "share": share, "p50": p50, "p75": p75}


_SEEN, _UP = _figure(0.97, 0.957, 0.979), _figure(0.9, 0.879, 0.917)
_START = {
    "stages": [
        _stage("tag", _figure(1.0, 0.996, 1.0), _NONE, _NONE),
        _stage("content", _SEEN, _figure(210.0, 201.0, 220.0, 900), _figure(330.0, 316.0, 347.0, 900)),
        _stage("seen", _SEEN, _figure(290.0, 280.0, 301.0, 970), _figure(430.0, 414.0, 449.0, 970)),
        _stage("wanted", _SEEN, _figure(300.0, 289.0, 312.0, 900), _figure(440.0, 423.0, 459.0, 900)),
        _stage("ready", _UP, _figure(910.0, 880.0, 941.0, 900), _figure(1400.0, 1345.0, 1462.0, 900)),
        _stage("report", _UP, _figure(960.0, 929.0, 993.0, 900), _figure(1470.0, 1411.0, 1535.0, 900)),
    ],
    "ended": [
        {
            "after": "tag",
            "share": _figure(0.03, 0.021, 0.043),
            "codes": [{"code": "API_ERROR", "share": _figure(0.03, 0.021, 0.043)}],
        },
        {"after": "content", "share": _figure(0.0, 0.0, 0.004), "codes": []},
        {
            "after": "wanted",
            "share": _figure(0.07, 0.055, 0.088),
            "codes": [
                {"code": "", "share": _figure(0.045, 0.033, 0.06)},
                {"code": "RUNTIME_CSP", "share": _figure(0.025, 0.017, 0.037)},
            ],
        },
        {"after": "report", "share": _UP, "codes": []},
    ],
}
STAGES: dict[str, Any] = {**_RANGE, "summary": _START, "by_version": [{"name": "0.1.0", **_RANGE, **_START}]}
