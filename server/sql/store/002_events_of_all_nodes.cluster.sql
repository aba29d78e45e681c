-- The table to write to and read from, with the rows of all shards. An account's rows are on one shard.
CREATE TABLE IF NOT EXISTS events $on_cluster AS events_local
ENGINE = Distributed($cluster, $database, events_local, cityHash64(account))
SETTINGS
    fsync_after_insert = 1,                     -- for rows that wait for a replica that is down
    fsync_directories = 1,
    background_insert_max_sleep_time_ms = 5000  -- the longest pause before the next attempt
