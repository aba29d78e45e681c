-- The loads of a question by bucket of time and by bin of load time.
SELECT
    if(GROUPING(bucket) = 0, 'buckets', 'bins') AS part,
    roundDown(toUnixTimestamp(ts), {buckets:Array(UInt32)}) AS bucket,
    roundDown(load_ms, {bins:Array(UInt32)}) AS bin,
    count() AS rows,
    sum(weight) AS total,
    sum(weight * weight) AS squares
FROM events
WHERE $selection AND kind = 'load'
GROUP BY GROUPING SETS ((bucket), (bin))
