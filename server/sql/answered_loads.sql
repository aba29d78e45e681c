-- Loads by the hour, for comparison with the content answers.
SELECT
    toUnixTimestamp(toStartOfHour(ts)) AS at,
    sum(1 / rows) AS page_views,
    sum(weight) AS total,
    sum(weight * weight * page) AS squares,
    sum(weight * page) AS counted,
    sum(pow(weight, 4) * pow(page, 3)) AS fourths
FROM
(
    SELECT ts, weight, greatest(1, $count) AS page, $rows AS rows
    FROM events
    WHERE account = {account:String}
        AND kind = 'load'
        AND ts >= now64(3) - INTERVAL $retention_days DAY
        AND ts >= toDateTime({start:UInt32}, 'UTC')
        AND ts < toDateTime({end:UInt32}, 'UTC')
        AND ({widget:String} = '' OR widget = {widget:String})
        $exclusions
)
GROUP BY at
