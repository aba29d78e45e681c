-- Looks beyond the 90 days, to see whether the promise is kept. `rows` is 0 in an empty store.
SELECT min(ts) AS oldest, count() AS rows FROM events
