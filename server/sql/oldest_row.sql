-- Includes expired rows, to check that the engine has deleted them. `rows` is 0 in an empty store.
SELECT min(ts) AS oldest, max(ts) AS newest, count() AS rows FROM events
