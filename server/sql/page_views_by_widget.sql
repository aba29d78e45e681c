-- The sampled loads of an account's widgets, and their errors of some codes, with the sums of a tally. One row is one
-- load, or one error code of one page view.
SELECT
    widget,
    kind,
    if(code IN {codes:Array(String)}, code, '') AS own_code,
    count() AS rows,
    sum(weight) AS total,
    sum(weight * weight) AS squares,
    sum(pow(weight, 4)) AS fourths
FROM events
WHERE account = {account:String}
    AND kind IN ('load', 'error')
    AND ts >= now64(3) - INTERVAL $retention_days DAY
    AND ts >= fromUnixTimestamp64Milli({start_ms:Int64})
    AND ts < fromUnixTimestamp64Milli({end_ms:Int64})
GROUP BY widget, kind, own_code
