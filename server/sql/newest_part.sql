SELECT name
FROM system.parts
WHERE database = currentDatabase() AND table = 'events' AND active
ORDER BY max_block_number DESC
LIMIT 1
