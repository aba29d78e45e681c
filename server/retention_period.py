"""How long the server stores anything: rows, audit entries and revoked tokens."""

from __future__ import annotations

from datetime import timedelta

RETENTION_DAYS = 90  # queries filter by it as `$retention_days`
RETENTION = timedelta(days=RETENTION_DAYS)
