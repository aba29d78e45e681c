-- The table to write to and read from, with the counts of all shards. An account's counts are on one shard.
CREATE TABLE IF NOT EXISTS content_answers $on_cluster AS content_answers_local
ENGINE = Distributed($cluster, $database, content_answers_local, cityHash64(account))
SETTINGS
    fsync_after_insert = 1,
    fsync_directories = 1,
    background_insert_max_sleep_time_ms = 5000
