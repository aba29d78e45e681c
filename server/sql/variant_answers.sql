-- How often each variant of an experiment was given out.
SELECT variant, sum(answers) AS answers
FROM content_answers
WHERE account = {account:String}
    AND widget = {widget:String}
    AND variant IN {variants:Array(String)}
    AND hour >= now() - INTERVAL $retention_days DAY
GROUP BY variant
