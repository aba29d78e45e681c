-- The same columns in the table over all nodes.
ALTER TABLE events $on_cluster
    ADD COLUMN IF NOT EXISTS region LowCardinality(String),
    ADD COLUMN IF NOT EXISTS truth Float64
