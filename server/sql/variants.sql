-- A widget's sampled page views by variant, with what an experiment compares; of all page views if no variant is named.
-- A page view is a batch: by its loads, and for the share with an error also by the errors of a batch without a load.
SELECT
    name,
    sumIf(part, kind = 'load') AS load_page_views,
    sumIf(weight * part, kind = 'load') AS load_weight,
    sumIf(weight * weight * part, kind = 'load') AS load_squares,
    sumIf(part, is_new_error) AS new_page_views,
    sumIf(weight * part, is_new_error) AS new_weight,
    sumIf(weight * weight * part, is_new_error) AS new_squares,
    sumIf(part, kind = 'error') AS error_page_views,
    sumIf(weight * part, kind = 'error') AS error_weight,
    sumIf(weight * weight * part, kind = 'error') AS error_squares,
    sumIf(part, kind = 'interaction') AS interaction_page_views,
    sumIf(weight * part, kind = 'interaction') AS interaction_weight,
    sumIf(weight * weight * part, kind = 'interaction') AS interaction_squares,
    -- The engine keeps the first 8 bits of a number and cuts off the rest. Half of the cut unit is added to round it.
    quantilesBFloat16WeightedIf($levels)(
        load_ms + intDiv(roundToExp2(load_ms), 256), toUInt64(round(weight * 100)), kind = 'load'
    ) AS quantiles
FROM
(
    SELECT
        kind,
        weight,
        load_ms,
        1 / $widget_rows AS part,
        kind = 'error' AND page_loads < $widget_loads AS is_new_error,
        if(empty({variants:Array(String)}), '', variant) AS name
    FROM events
    WHERE account = {account:String}
        AND widget = {widget:String}
        AND (empty({variants:Array(String)}) OR variant IN {variants:Array(String)})
        AND ts >= now64(3) - INTERVAL $retention_days DAY
        AND ts >= fromUnixTimestamp64Milli({start_ms:Int64})
        AND ts < fromUnixTimestamp64Milli({end_ms:Int64})
        $exclusions
)
GROUP BY name
