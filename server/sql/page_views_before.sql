-- The newest page views of a question before its range, in parts, the newest first: enough to tell none from some.
SELECT
    intDiv(toUnixTimestamp64Milli(ts) * 4096, 3600000) AS tick,
    if(kind = 'load' OR page_loads < $loads, 1 / $rows, 0) AS portion
FROM events
WHERE $selection AND kind != 'interaction'
ORDER BY ts DESC
LIMIT {most:UInt32}
