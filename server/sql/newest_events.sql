SELECT ts, account, kind, widget, version, layout, code, variant, region, truth, load_ms, count, rate, weight
FROM events
WHERE ts >= now64(3) - INTERVAL $retention_days DAY
ORDER BY ts DESC, account, widget, kind, layout, code
LIMIT {limit:UInt32}
