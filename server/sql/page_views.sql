-- The page views of a range by slot of time and class, from which `disclosure` takes the moments that divide. A slot is
-- named by its first tick; an hour has 4096. Class 0 meets the filter; others have bit 1 for other widgets, bit 2 for
-- other layouts, bit 4 for other versions, bit 8 for other codes and for loads beside a code, bit 16 for other regions.
-- A page view is counted by its loads, or else by its errors, and in parts if it has several rows.
SELECT
    $class AS class,
    bitShiftLeft(bitShiftRight(intDiv(toUnixTimestamp64Milli(ts) * 4096, 3600000), {level:UInt8}), {level:UInt8}) AS tick,
    sumIf(1 / $rows, kind = 'load' OR ($has_errors AND page_loads < $loads)) AS page_views
FROM events
WHERE account = {account:String}
    AND ts >= now64(3) - INTERVAL $retention_days DAY
    AND ts >= fromUnixTimestamp64Milli({start_ms:Int64})
    AND ts < fromUnixTimestamp64Milli({end_ms:Int64})
    AND kind != 'interaction'
    $exclusions
GROUP BY class, tick
