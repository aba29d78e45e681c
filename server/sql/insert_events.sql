INSERT INTO events (ts, $columns)
FORMAT JSONCompactEachRow
