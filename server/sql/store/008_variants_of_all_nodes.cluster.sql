-- The same column in the table over all nodes.
ALTER TABLE events $on_cluster
    ADD COLUMN IF NOT EXISTS variant LowCardinality(String)
