SELECT count() AS rows FROM events WHERE $condition
