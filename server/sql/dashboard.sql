-- All sums of a dashboard, in one pass over the rows: by kind, for each of its lines. A line is the summary, a point in
-- time or a name of a table, and has a time range of its own. A row goes into one line of each part; line 0 is none.
-- `greatest` reads the totals of a row that is alone in its page, which are zeros.
SELECT
    kind,
    line,
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
FROM
(
    SELECT
        kind,
        count,
        weight,
        load_ms,
        toUnixTimestamp64Milli(ts) AS ms,
        kind = 'load' OR (kind = 'error' AND page_loads < $loads) AS is_new_page,
        kind = 'load' OR (kind = 'error' AND page_loads < 2) AS is_new_of_widget,
        [
            1,
            transform(roundDown(ms, {edges:Array(Int64)}), {edges:Array(Int64)}, {points:Array(UInt16)}, 0),
            transform(widget, {widgets:Array(String)}, {widget_numbers:Array(UInt16)}, {widget_other:UInt16}),
            transform(layout, {layouts:Array(String)}, {layout_numbers:Array(UInt16)}, {layout_other:UInt16}),
            transform(version, {versions:Array(String)}, {version_numbers:Array(UInt16)}, {version_other:UInt16}),
            transform(code, {codes:Array(String)}, {code_numbers:Array(UInt16)}, {code_other:UInt16})
        ] AS lines,
        greatest(count, $count) AS page_count_, greatest(count, $widget_count) AS widget_count_,
        greatest(count, $name_count) AS name_count_,
        $rows AS rows_, $widget_rows AS widget_rows_, $name_rows AS name_rows_
    FROM events
    WHERE account = {account:String}
        AND ts >= now64(3) - INTERVAL $retention_days DAY
        AND ts >= fromUnixTimestamp64Milli({start_ms:Int64})
        AND ts < fromUnixTimestamp64Milli({end_ms:Int64})
        AND ({widget:String} = '' OR widget = {widget:String})
        AND ({layout:String} = '' OR layout = {layout:String})
        AND ({version:String} = '' OR version = {version:String})
)
ARRAY JOIN
    lines AS line,
    [page_count_, page_count_, widget_count_, name_count_, page_count_, name_count_] AS page,
    [rows_, rows_, widget_rows_, name_rows_, rows_, name_rows_] AS rows,
    [is_new_page, is_new_page, is_new_of_widget, is_new_page, is_new_page, is_new_page] AS is_new
WHERE line > 0 AND ms >= {line_starts:Array(Int64)}[line] AND ms < {line_ends:Array(Int64)}[line]
GROUP BY kind, line
