INSERT INTO events (ts, $columns)
FORMAT $format
