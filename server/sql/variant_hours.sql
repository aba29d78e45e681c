-- The sampled page views of an experiment's variants by hour: those with a load.
SELECT
    variant,
    toUnixTimestamp(toStartOfHour(ts)) AS hour,
    sum(1 / $widget_rows) AS page_views
FROM events
WHERE account = {account:String}
    AND widget = {widget:String}
    AND kind = 'load'
    AND variant IN {variants:Array(String)}
    AND ts >= now64(3) - INTERVAL $retention_days DAY
    AND ts >= fromUnixTimestamp64Milli({start_ms:Int64})
    AND ts < fromUnixTimestamp64Milli({end_ms:Int64})
    $exclusions
GROUP BY variant, hour
