-- One day's rows, each as it is inserted again.
SELECT ts, $columns FROM events
WHERE ts >= now64(3) - INTERVAL 90 DAY
    AND ts <= fromUnixTimestamp64Milli({until_ms:Int64})
    AND toDate(ts) = toDate({day:String})
ORDER BY ts
SETTINGS date_time_output_format = 'simple'
