-- One day's content answers, with the columns that an insert takes.
SELECT $columns FROM
(
    SELECT hour, account, widget, variant, sum(answers) AS answers FROM content_answers
    WHERE hour >= now() - INTERVAL $retention_days DAY
        AND hour <= fromUnixTimestamp64Milli({until_ms:Int64})
        AND toDate(hour) = toDate({day:String})
    GROUP BY hour, account, widget, variant
)
ORDER BY hour, account, widget, variant
SETTINGS date_time_output_format = 'simple'
