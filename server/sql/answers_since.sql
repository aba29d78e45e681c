-- Since when the content answers are counted: since this store has their table, or since a restored backup's had.
SELECT
    (SELECT toUnixTimestamp(min(at)) FROM migrations WHERE number = 5) AS made,
    (SELECT toUnixTimestamp(min(hour)) FROM content_answers) AS first,
    if(first > 0, least(made, first), made) AS since
