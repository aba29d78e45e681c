-- How often an account's widgets were given out, by widget. An hour counts where it begins.
SELECT widget, sum(answers) AS answers
FROM content_answers
WHERE account = {account:String}
    AND hour >= fromUnixTimestamp64Milli({start_ms:Int64})
    AND hour < fromUnixTimestamp64Milli({end_ms:Int64})
GROUP BY widget
