-- Parts that are still on the disk and no longer read.
SELECT name FROM system.parts
WHERE NOT active AND database = currentDatabase() AND table = '$table'
