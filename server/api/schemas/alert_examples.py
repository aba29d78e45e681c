"""Examples of the answers about alerts, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

_ALERT = {
    "id": "5d1c0a94b2e7",
    "metric": "p75",
    "widget": "w1",
    "code": None,
    "against": "limit",
    "bound": 2500.0,
    "min_page_views": 20,
    "webhook": "https://hooks.example.com/tresta",
    "emails": ["maria@example.com"],
    "muted_until": None,
    "created_at": "2026-11-24T15:00:00.000Z",
    "words": "p75 of load time of w1 is above 2.5 s",
    "state": "quiet",
}
_INCIDENT = {
    "id": 3,
    "alert": "5d1c0a94b2e7",
    "widget": "w1",
    "rule": "p75 of load time of w1 is above 2.5 s",
    "span": "hour",
    "text": "p75 of load time of w1 was 3.1 s (95% interval 2.9 s to 3.4 s) in 412 page views of the last hour: "
    "above 2.5 s.",
    "opened_at": "2026-11-24T15:00:16.000Z",
    "resolved_at": None,
    "resolution": "",
    "notified": True,
    "messages": [
        {
            "kind": "fired",
            "channel": "email",
            "sent_at": "2026-11-24T15:00:18.000Z",
            "attempts": 1,
            "waits": False,
            "problem": "",
        }
    ],
}

ALERTS: dict[str, Any] = {
    "Alerts": {"alerts": [_ALERT], "sends_emails": True},
    "NewAlert": {**_ALERT, "webhook_secret": "whsec_and_44_letters_that_nobody_guesses"},
    "Incidents": {"incidents": [_INCIDENT]},
}
