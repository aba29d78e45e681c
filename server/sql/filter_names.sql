-- The names that a filter can choose, with the loads of each: widgets, layouts and versions.
SELECT
    multiIf(GROUPING(widget) = 0, 'widget', GROUPING(layout) = 0, 'layout', 'version') AS part,
    multiIf(GROUPING(widget) = 0, widget, GROUPING(layout) = 0, layout, version) AS name,
    count() AS rows
FROM events
WHERE $selection AND kind = 'load'
GROUP BY GROUPING SETS ((widget), (layout), (version))
HAVING rows >= {fewest:UInt32}
ORDER BY rows DESC, name
LIMIT {most:UInt32} BY part
