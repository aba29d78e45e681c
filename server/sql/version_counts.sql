-- The loads of some versions by bucket of time. Bucket 0 is the time before the first bucket.
SELECT
    version,
    if(toUnixTimestamp(ts) < {buckets:Array(UInt32)}[1], 0, roundDown(toUnixTimestamp(ts), {buckets:Array(UInt32)})) AS bucket,
    count() AS rows
FROM events
WHERE $selection AND kind = 'load' AND version IN {versions:Array(String)}
GROUP BY version, bucket
ORDER BY bucket
