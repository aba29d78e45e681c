-- All sums of a dashboard, in one pass over the rows: by kind, in total and for each point in time, widget, layout,
-- version and code. `part` names the grouping. Columns that the grouping does not use are empty.
SELECT
    kind,
    multiIf(
        GROUPING(bucket) = 0, 'over_time',
        GROUPING(widget) = 0, 'by_widget',
        GROUPING(layout) = 0, 'by_layout',
        GROUPING(version) = 0, 'by_version',
        GROUPING(code) = 0, 'errors',
        'summary'
    ) AS part,
    roundDown(toUnixTimestamp(ts), {buckets:Array(UInt32)}) AS bucket,
    widget,
    layout,
    version,
    code,
    count() AS rows,
    sum(count * weight) AS total,
    sum(pow(count * weight, 2)) AS squares,
    sum(pow(count, 2) * weight) AS counted,
    -- The engine keeps the first 8 bits of a number and cuts off the rest. Half of the cut unit is added to round it.
    if(
        kind = 'load',
        quantilesBFloat16Weighted($levels)(load_ms + intDiv(roundToExp2(load_ms), 256), toUInt64(round(weight * 100))),
        []
    ) AS quantiles
FROM events
WHERE $selection
GROUP BY GROUPING SETS ((kind), (kind, bucket), (kind, widget), (kind, layout), (kind, version), (kind, code))
