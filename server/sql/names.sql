-- The most frequent names of a range, for the tables. The engine estimates them in bounded memory, however many names
-- were sent (Space-Saving: Metwally, Agrawal, El Abbadi, 2005).
SELECT
    topK($most_widgets)(widget) AS by_widget,
    topKIf($most_names)(layout, layout != '') AS by_layout,
    topK($most_names)(version) AS by_version,
    topKIf($most_names)(region, region != '') AS by_region,
    topKIf($most_names)(code, code != '') AS errors
FROM events
WHERE $selection
