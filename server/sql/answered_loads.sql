-- Loads by the bucket of their hour, for comparison with the content answers.
SELECT
    roundDown(toUnixTimestamp(toStartOfHour(ts)), {buckets:Array(UInt32)}) AS bucket,
    count() AS rows,
    sum(weight) AS total,
    sum(pow(weight, 2)) AS squares,
    sum(weight) AS counted
FROM events
WHERE account = {account:String}
    AND kind = 'load'
    AND ts >= now64(3) - INTERVAL $retention_days DAY
    AND ts >= toDateTime({start:UInt32}, 'UTC')
    AND ts < toDateTime({end:UInt32}, 'UTC')
    AND ({widget:String} = '' OR widget = {widget:String})
    $exclusions
GROUP BY bucket
