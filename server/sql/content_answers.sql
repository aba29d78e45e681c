-- Content answers by the hour; class 0 are those of the question, class 1 those of other widgets.
SELECT
    toUnixTimestamp(hour) AS at,
    if({widget:String} IN ('', widget), 0, 1) AS class,
    sum(answers) AS answers
FROM content_answers
WHERE account = {account:String}
    AND hour >= now() - INTERVAL $retention_days DAY
    $exclusions
GROUP BY at, class
