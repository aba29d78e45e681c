-- On all nodes; each replica of a row counts.
SELECT count() AS rows FROM $all_events WHERE $condition
