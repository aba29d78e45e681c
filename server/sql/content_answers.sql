-- Content answers by the hour's bucket.
SELECT roundDown(toUnixTimestamp(hour), {buckets:Array(UInt32)}) AS bucket, sum(answers) AS answers
FROM content_answers
WHERE account = {account:String}
    AND hour >= now() - INTERVAL $retention_days DAY
    AND hour >= toDateTime({start:UInt32}, 'UTC')
    AND hour < toDateTime({end:UInt32}, 'UTC')
    AND ({widget:String} = '' OR widget = {widget:String})
    $exclusions
GROUP BY bucket
