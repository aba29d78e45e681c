-- All sums of a dashboard, in one pass over the rows: by kind, for each of its lines. A line is the summary, a point in
-- time or a name of a table, and has a time range of its own. A row goes into one line of each part; line 0 is none.
-- `greatest` reads the totals of a row that is alone in its page, which are zeros. A bin is a load time with the first 8
-- bits of its number, rounded: the quantiles of a line are read off its bins, and those of two times can be put together.
SELECT
    kind,
    line,
    $all_bins
FROM
(
    SELECT
        kind,
        line,
        bin_ms,
        $sums
    FROM
    (
        SELECT
            kind,
            count,
            weight,
            $bin,
            toUnixTimestamp64Milli(ts) AS ms,
            kind = 'load' OR (kind = 'error' AND page_loads < $loads) AS is_new_page,
            kind = 'load' OR (kind = 'error' AND page_loads < $widget_loads) AS is_new_of_widget,
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
        WHERE $selection
    )
    ARRAY JOIN
        lines AS line,
        [page_count_, page_count_, widget_count_, name_count_, page_count_, name_count_] AS page,
        [rows_, rows_, widget_rows_, name_rows_, rows_, name_rows_] AS rows,
        [is_new_page, is_new_page, is_new_of_widget, is_new_page, is_new_page, is_new_page] AS is_new
    WHERE line > 0 AND ms >= {line_starts:Array(Int64)}[line] AND ms < {line_ends:Array(Int64)}[line]
    GROUP BY kind, line, bin_ms
)
GROUP BY kind, line
