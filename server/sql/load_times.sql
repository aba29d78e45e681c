-- The loads of a question by bin of load time. `greatest` reads the totals of a load that is alone in its page.
SELECT
    roundDown(load_ms, {bins:Array(UInt32)}) AS bin,
    sum(1 / rows) AS page_views,
    sum(weight) AS total,
    sum(weight * weight * page) AS squares
FROM
(
    SELECT load_ms, weight, greatest(1, $count) AS page, $rows AS rows
    FROM events
    WHERE $selection AND kind = 'load'
)
GROUP BY bin
