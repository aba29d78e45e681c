-- The sums of a whole question by kind, as in dashboard.sql: for the period before, which is shown as a comparison only.
SELECT
    kind,
    count() AS rows,
    sum(count * weight) AS total,
    sum(pow(count * weight, 2)) AS squares,
    sum(pow(count, 2) * weight) AS counted,
    if(
        kind = 'load',
        quantilesBFloat16Weighted($levels)(load_ms + intDiv(roundToExp2(load_ms), 256), toUInt64(round(weight * 100))),
        []
    ) AS quantiles
FROM events
WHERE $selection
GROUP BY kind
