-- The sums of one question, by kind, without regard to time: those of a line of dashboard.sql.
SELECT
    kind,
    sum(1 / rows) AS page_views,
    sum(weight / rows) AS views,
    sumIf(1 / rows, is_new) AS new_page_views,
    sumIf(weight / rows, is_new) AS new_views,
    sumIf(weight * weight / rows, is_new) AS new_view_squares,
    sumIf(pow(weight, 4) / rows, is_new) AS new_view_fourths,
    sum(count * weight) AS total,
    sum(count * weight * weight * page) AS squares,
    sum(count * weight * page) AS counted,
    sum(count * pow(weight, 4) * pow(page, 3)) AS fourths,
    if(
        kind = 'load',
        quantilesBFloat16Weighted($levels)(load_ms + intDiv(roundToExp2(load_ms), 256), toUInt64(round(weight * 100))),
        []
    ) AS quantiles
FROM
(
    SELECT
        kind,
        count,
        weight,
        load_ms,
        kind = 'load' OR (kind = 'error' AND page_loads < $loads) AS is_new,
        greatest(count, $count) AS page,
        $rows AS rows
    FROM events
    WHERE $selection
)
GROUP BY kind
