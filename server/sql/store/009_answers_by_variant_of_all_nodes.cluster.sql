-- The same column in the table over all nodes.
ALTER TABLE content_answers $on_cluster
    ADD COLUMN IF NOT EXISTS variant LowCardinality(String)
