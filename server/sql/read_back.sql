SELECT sum(cityHash64(account, kind, widget, version, layout, code, load_ms, count, rate))
FROM events
WHERE ts = {ts:DateTime64(3, 'UTC')} AND ts >= now64(3) - INTERVAL $retention_days DAY
