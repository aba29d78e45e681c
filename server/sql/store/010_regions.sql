-- The region of the world that the page view named, such as western-europe, and the probability that it is its own: 1
-- without randomised response. Empty and 0: the account did not collect regions, or the page had no time to tell.
ALTER TABLE $events_table $on_cluster
    ADD COLUMN IF NOT EXISTS region LowCardinality(String),
    ADD COLUMN IF NOT EXISTS truth Float64 CODEC(ZSTD(1))
