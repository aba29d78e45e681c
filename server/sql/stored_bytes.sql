-- The sum over all nodes and their replicas.
SELECT sum(bytes_on_disk) AS bytes FROM $parts
WHERE active AND database = currentDatabase() AND table = '$events_table'
