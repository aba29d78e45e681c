-- The page views of a range by slot of time, from which `disclosure` takes the moments that divide: for each class of
-- the filter, and for each name of a table. A slot is named by its first tick; an hour has 4096. `class` has bit 1 for
-- other widgets, bit 2 for other layouts, bit 4 for other versions, bit 8 for other codes and for loads beside a code,
-- bit 16 for other regions. `name` is a position in the table's list, or 0 for a row that is not in the table. `portions`
-- counts each page view once over all names, `page_views` once for each.
SELECT
    multiIf(
        GROUPING(by_widget) = 0, 'by_widget',
        GROUPING(by_layout) = 0, 'by_layout',
        GROUPING(by_version) = 0, 'by_version',
        GROUPING(by_region) = 0, 'by_region',
        GROUPING(errors) = 0, 'errors',
        'class'
    ) AS part,
    if(part = 'class', slot, name_slot) AS tick,
    if(part = 'class', class, by_widget + by_layout + by_version + by_region + errors) AS name,
    sum(portion) AS portions,
    multiIf(part = 'by_widget', sum(of_widget), part = 'by_layout', sum(of_layout), part = 'errors', sum(of_code), portions)
        AS page_views
FROM
(
    SELECT
        intDiv(toUnixTimestamp64Milli(ts) * 4096, 3600000) AS at,
        bitShiftLeft(bitShiftRight(at, {level:UInt8}), {level:UInt8}) AS slot,
        bitShiftLeft(bitShiftRight(at, {name_level:UInt8}), {name_level:UInt8}) AS name_slot,
        if({widget:String} IN ('', widget) AND ({not_widget:String} = '' OR widget != {not_widget:String}), 0, 1)
            + if({layout:String} IN ('', layout)
                AND ({not_layout:String} = '' OR layout NOT IN ('', {not_layout:String})), 0, 2)
            + if({version:String} IN ('', version)
                AND ({not_version:String} = '' OR version != {not_version:String}), 0, 4)
            + if({code:String} IN ('', code), 0, 8)
            + if(({region:String} = '' OR (region = {region:String} AND truth = 1))
                AND ({not_region:String} = '' OR (region NOT IN ('', {not_region:String}) AND truth = 1)), 0, 16) AS class,
        class = 0 AND kind != 'interaction' AS is_in,
        if(is_in, transform(widget, {widgets:Array(String)}, {widget_numbers:Array(UInt16)}, {widget_other:UInt16}), 0)
            AS by_widget,
        if(is_in, transform(layout, {layouts:Array(String)}, {layout_numbers:Array(UInt16)}, {layout_other:UInt16}), 0)
            AS by_layout,
        if(is_in, transform(version, {versions:Array(String)}, {version_numbers:Array(UInt16)}, {version_other:UInt16}), 0)
            AS by_version,
        if(is_in, transform(region, {regions:Array(String)}, {region_numbers:Array(UInt16)}, {region_other:UInt16}), 0)
            AS by_region,
        if(is_in, transform(code, {codes:Array(String)}, {code_numbers:Array(UInt16)}, {code_other:UInt16}), 0) AS errors,
        -- A page view is counted by its loads, or else by its errors.
        kind = 'load' AS is_load,
        kind = 'error' AND {layout:String} = '' AND {not_layout:String} = '' AS is_error,
        if(is_load OR (is_error AND page_loads < $loads), 1 / $rows, 0) AS portion,
        if(is_load OR (is_error AND page_loads < $widget_loads), 1 / $widget_rows, 0) AS of_widget,
        if(is_load, 1 / $name_rows, 0) AS of_layout,
        if(is_error, 1 / $name_rows, 0) AS of_code
    FROM events
    WHERE account = {account:String}
        AND ts >= now64(3) - INTERVAL $retention_days DAY
        AND ts >= fromUnixTimestamp64Milli({start_ms:Int64})
        AND ts < fromUnixTimestamp64Milli({end_ms:Int64})
        AND kind != 'interaction'
        $exclusions
)
GROUP BY GROUPING SETS
    (
        (slot, class), (name_slot, by_widget), (name_slot, by_layout), (name_slot, by_version), (name_slot, by_region),
        (name_slot, errors)
    )
