INSERT INTO events ($columns)
FORMAT $format
