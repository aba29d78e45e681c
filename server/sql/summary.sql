-- The sums of one question, by kind, without regard to time: those of a line of dashboard.sql.
SELECT
    kind,
    $all_bins
FROM
(
    SELECT
        kind,
        bin_ms,
        $sums
    FROM
    (
        SELECT
            kind,
            count,
            weight,
            $bin,
            kind = 'load' OR (kind = 'error' AND page_loads < $loads) AS is_new,
            greatest(count, $count) AS page,
            $rows AS rows
        FROM events
        WHERE $selection
    )
    GROUP BY kind, bin_ms
)
GROUP BY kind
