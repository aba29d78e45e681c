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
    -- The engine keeps the first 8 bits of a number and cuts off the rest. Half of the cut unit is added to round it.
    if(
        kind = 'load',
        quantilesBFloat16Weighted($levels)(load_ms + intDiv(roundToExp2(load_ms), 256), toUInt64(round(weight * 100))),
        []
    ) AS quantiles
