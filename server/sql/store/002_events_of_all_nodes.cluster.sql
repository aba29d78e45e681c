-- What is written to and read from: the rows of every shard. An account's rows lie on one of them.
CREATE TABLE IF NOT EXISTS events $on_cluster AS events_local
ENGINE = Distributed($cluster, $database, events_local, cityHash64(account))
SETTINGS
    fsync_after_insert = 1,                     -- of what waits for a replica that is down
    fsync_directories = 1,
    background_insert_max_sleep_time_ms = 5000  -- until it is tried again
