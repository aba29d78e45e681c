-- An insert that comes again under its token is taken once: one that nobody was sure of, or that a replica gets anew
-- after it was killed in the midst of it. A replicated table remembers its inserts by itself.
ALTER TABLE $events_table $on_cluster MODIFY SETTING non_replicated_deduplication_window = 1000
