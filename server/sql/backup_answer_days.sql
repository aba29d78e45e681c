-- The UTC days that have content answers to back up.
SELECT toString(toDate(hour)) AS day FROM content_answers
WHERE hour >= now() - INTERVAL $retention_days DAY
    AND hour <= fromUnixTimestamp64Milli({until_ms:Int64})
GROUP BY day
ORDER BY day
