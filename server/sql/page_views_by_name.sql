-- The page views of a question by slot of time and name, for each table (the first is 1). `name` is a position in the
-- table's list; 0 is a row that is not in the table. `portions` counts each page view once over all names, `page_views`
-- once for each. Slots and page views are those of page_views.sql.
SELECT
    part,
    name,
    tick,
    sum(portion) AS portions,
    sum(of_name) AS page_views
FROM
(
    SELECT
        bitShiftLeft(bitShiftRight(intDiv(toUnixTimestamp64Milli(ts) * 4096, 3600000), {level:UInt8}), {level:UInt8})
            AS tick,
        kind = 'load' AS is_load,
        if(is_load OR ($has_errors AND page_loads < $loads), 1 / $rows, 0) AS portion,
        [
            transform(widget, {widgets:Array(String)}, {widget_numbers:Array(UInt16)}, {widget_other:UInt16}),
            transform(layout, {layouts:Array(String)}, {layout_numbers:Array(UInt16)}, {layout_other:UInt16}),
            transform(version, {versions:Array(String)}, {version_numbers:Array(UInt16)}, {version_other:UInt16}),
            transform(region, {regions:Array(String)}, {region_numbers:Array(UInt16)}, {region_other:UInt16}),
            transform(code, {codes:Array(String)}, {code_numbers:Array(UInt16)}, {code_other:UInt16})
        ] AS names,
        [
            if(is_load OR ($has_errors AND page_loads < $widget_loads), 1 / $widget_rows, 0),
            if(is_load, 1 / $name_rows, 0),
            portion,
            portion,
            if(is_load, 0, 1 / $name_rows)
        ] AS of_names
    FROM events
    WHERE $selection AND kind != 'interaction'
)
ARRAY JOIN names AS name, of_names AS of_name, arrayEnumerate(names) AS part
WHERE name > 0
GROUP BY part, name, tick
