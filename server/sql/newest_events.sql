SELECT
    ts, account, kind, widget, version, layout, code, variant, region, truth, load_ms,
    nullIf(events.content_ms, -1) AS content_ms,
    nullIf(events.wanted_ms, -1) AS wanted_ms,
    nullIf(events.ready_ms, -1) AS ready_ms,
    nullIf(events.report_ms, -1) AS report_ms,
    count, rate, weight
FROM events
WHERE ts >= now64(3) - INTERVAL $retention_days DAY
ORDER BY ts DESC, account, widget, kind, layout, code
LIMIT {limit:UInt32}
