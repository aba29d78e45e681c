"""Examples of the answers about experiments, for the OpenAPI document."""

from __future__ import annotations

from typing import Any


def _compared(value: float, *difference: float) -> dict[str, Any]:
    """A figure of a variant, with its difference from variant a and the ends of that, if there is one."""
    return dict(zip(("value", "difference", "low", "high"), (value, *(difference or (None,) * 3)), strict=True))


_EXPERIMENT = {
    "id": 7,
    "widget": "w1",
    "name": "List or grid",
    "figure": "interaction_rate",
    "state": "running",
    "variants": [
        {"letter": "a", "share": 0.5, "design": {}},
        {"letter": "b", "share": 0.5, "design": {"layout": "list"}},
    ],
    "starts_at": "2026-11-24T15:00:00.000Z",
    "ends_at": "2026-12-24T15:00:00.000Z",
    "winner": None,
}

# By the schema's name.
EXPERIMENTS: dict[str, dict[str, Any]] = {
    "Experiment": _EXPERIMENT,
    "Experiments": {"experiments": [_EXPERIMENT]},
    "ExperimentResults": {
        "verdict": "difference",
        "sentence": "b is better: the share of page views with an interaction of b is 1.2 to 6.8 percentage points"
        " higher than that of a.",
        "leader": "b",
        "p_value": 1.0,
        "until": "2026-12-08T15:00:00.000Z",
        "variants": [
            {"letter": "a", "answers": 250100, "page_views": 2480, "figures": {"interaction_rate": _compared(0.1)}},
            {
                "letter": "b",
                "answers": 249900,
                "page_views": 2500,
                "figures": {"interaction_rate": _compared(0.14, 0.04, 0.012, 0.068)},
            },
        ],
    },
    "Plan": {
        "days": 27,
        "page_views_a_day": 340.0,
        "value": 0.1,
        "sentence": "At today's 340 page views a day in the sample, a change of 20% is seen after about 27 days, as"
        " likely earlier as later.",
    },
}
