-- The UTC days that have rows to back up.
SELECT toString(toDate(ts)) AS day FROM events
WHERE ts >= now64(3) - INTERVAL $retention_days DAY
    AND (ts <= fromUnixTimestamp64Milli({until_ms:Int64}) OR ts > now64(3) + INTERVAL 1 HOUR)  -- a clock was ahead
GROUP BY day
ORDER BY day
