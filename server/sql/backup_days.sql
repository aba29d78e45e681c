-- The UTC days of which there is anything to keep.
SELECT toString(toDate(ts)) AS day FROM events
WHERE ts >= now64(3) - INTERVAL 90 DAY
    AND ts <= fromUnixTimestamp64Milli({until_ms:Int64})
GROUP BY day
ORDER BY day
