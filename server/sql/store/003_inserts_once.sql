-- Remembers the tokens of the last inserts, so that a repeated insert is stored once: after an uncertain answer, or on
-- a replica that was killed during the insert. A replicated table does so by itself.
ALTER TABLE $events_table $on_cluster MODIFY SETTING non_replicated_deduplication_window = 1000
