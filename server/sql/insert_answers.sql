INSERT INTO content_answers ($columns)
FORMAT JSONCompactEachRow
