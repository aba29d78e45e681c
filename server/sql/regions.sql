-- The sums of the lines of the table by region, in one pass: of the page views that named a region of the line, and of
-- those that named another one by chance, by the probability of a true answer. Without randomised response that is 1, as
-- for page views that told none. Line 0 is none.
SELECT
    kind,
    line,
    part_truth,
    is_named,
    sum(view_squares) AS view_squares,
    $all_bins
FROM
(
    SELECT
        kind,
        line,
        if(is_random, truth, 1) AS part_truth,
        line = own_line AS is_named,
        bin_ms,
        sum(weight * weight / rows) AS view_squares,
        $sums
    FROM
    (
        SELECT
            kind,
            count,
            weight,
            $bin,
            truth,
            truth > 0 AND truth < 1 AS is_random,
            toUnixTimestamp64Milli(ts) AS ms,
            kind = 'load' OR (kind = 'error' AND page_loads < $loads) AS is_new,
            transform(region, {regions:Array(String)}, {region_numbers:Array(UInt16)}, {region_other:UInt16}) AS own_line,
            if(is_random, {region_lines:Array(UInt16)}, [own_line]) AS lines,
            greatest(count, $count) AS page,
            $rows AS rows
        FROM events
        WHERE $selection
    )
    ARRAY JOIN lines AS line
    WHERE line > 0 AND ms >= {line_starts:Array(Int64)}[line] AND ms < {line_ends:Array(Int64)}[line]
    GROUP BY kind, line, part_truth, is_named, bin_ms
)
GROUP BY kind, line, part_truth, is_named
