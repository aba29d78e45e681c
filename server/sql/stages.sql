-- How Python started, by line: the whole range is line 1, each version has one of its own, and 0 is none. A part `end`
-- has the page views by the stage that they reached last, `time` those that tell the time of a stage, in bins, and
-- `failed` those of the end `wanted` that name why Python did not come up. A page view is counted once: by the load of its
-- first batch, if a script tag waited for Python, or else by the errors of a batch without a load.
SELECT
    line,
    part,
    stage,
    code,
    sum(page_views) AS number,
    sum(views) AS views,
    sum(view_squares) AS view_squares,
    sum(view_fourths) AS view_fourths,
    groupArrayIf(bin_ms, part = 'time') AS times,
    groupArrayIf(hundredths, part = 'time') AS weights
FROM
(
    SELECT
        line,
        part,
        stage,
        code,
        bin_ms,
        sum(1 / rows) AS page_views,
        sum(weight / rows) AS views,
        sum(weight * weight / rows) AS view_squares,
        sum(pow(weight, 4) / rows) AS view_fourths,
        sum(toUInt64(round(weight * 100 / rows))) AS hundredths
    FROM
    (
        SELECT
            code,
            weight,
            rows,
            ms,
            lines,
            fact.1 AS part,
            fact.2 AS stage,
            toUInt32(fact.3) AS load_ms,
            $bin
        FROM
        (
            SELECT
                weight,
                toUnixTimestamp64Milli(ts) AS ms,
                [
                    1,
                    transform(version, {versions:Array(String)}, {version_numbers:Array(UInt16)}, {version_other:UInt16})
                ] AS lines,
                -- A batch with one of these codes may have others, of the page's own scripts.
                if(kind = 'error', $name_rows, $rows) AS rows,
                if(kind = 'load', '', events.code) AS code,
                startsWith(code, 'RUNTIME_') AS is_of_runtime,
                multiIf(
                    kind = 'load', multiIf(ready_ms < 0, 'wanted', ready_ms > 0 AND report_ms >= 0, 'report', ''),
                    kind != 'error', '',
                    page_loads >= $loads, if(is_of_runtime, 'failed', ''),
                    code IN {content_codes:Array(String)}, 'tag',
                    is_of_runtime OR code = {render_error:String}, 'content',
                    ''
                ) AS ended,
                arrayFilter(
                    fact -> fact.2 != '' AND fact.3 >= 0,
                    [
                        (if(ended = 'failed', 'failed', 'end'), toString(if(ended = 'failed', 'wanted', ended)), 0),
                        ('time', if(kind = 'load' AND ended != '', 'seen', ''), toInt64(load_ms)),
                        ('time', if(ended = 'report', 'content', ''), content_ms),
                        ('time', if(ended = 'report', 'wanted', ''), wanted_ms),
                        ('time', if(ended = 'report', 'ready', ''), ready_ms),
                        ('time', if(ended = 'report', 'report', ''), report_ms)
                    ]
                ) AS facts
            FROM events
            WHERE $selection AND has_stages = 1
        )
        ARRAY JOIN facts AS fact
    )
    ARRAY JOIN lines AS line
    WHERE line > 0 AND ms >= {line_starts:Array(Int64)}[line] AND ms < {line_ends:Array(Int64)}[line]
    GROUP BY line, part, stage, code, bin_ms
)
GROUP BY line, part, stage, code
