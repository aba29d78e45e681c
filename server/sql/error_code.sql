-- The sums of one error code: in total, for each point in time, by widget and by version.
SELECT
    multiIf(GROUPING(bucket) = 0, 'over_time', GROUPING(widget) = 0, 'by_widget', GROUPING(version) = 0, 'by_version', 'summary') AS part,
    roundDown(toUnixTimestamp(ts), {buckets:Array(UInt32)}) AS bucket,
    widget,
    version,
    count() AS rows,
    sum(count * weight) AS total,
    sum(pow(count * weight, 2)) AS squares,
    sum(pow(count, 2) * weight) AS counted,
    [] AS quantiles
FROM events
WHERE $selection AND kind = 'error' AND code = {code:String}
GROUP BY GROUPING SETS ((), (bucket), (widget), (version))
