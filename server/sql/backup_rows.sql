-- One day's rows, with the columns that an insert takes.
SELECT ts, $columns FROM events
WHERE ts >= now64(3) - INTERVAL $retention_days DAY
    AND (ts <= fromUnixTimestamp64Milli({until_ms:Int64}) OR ts > now64(3) + INTERVAL 1 HOUR)  -- a clock was ahead
    AND toDate(ts) = toDate({day:String})
ORDER BY ts
SETTINGS date_time_output_format = 'simple'
