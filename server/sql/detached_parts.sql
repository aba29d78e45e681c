-- The parts that the engine has set aside, with the UTC day of their rows, which is in their names.
SELECT name, toString(toDate(parseDateTimeBestEffort(extract(name, '(?:^|_)(20[0-9]{6})_')))) AS day
FROM $detached_parts
WHERE database = currentDatabase() AND table = '$events_table' AND match(name, '(?:^|_)20[0-9]{6}_')
