-- The variant of an experiment that the page view showed, such as e7-b; empty: none.
ALTER TABLE $events_table $on_cluster
    ADD COLUMN IF NOT EXISTS variant LowCardinality(String)
