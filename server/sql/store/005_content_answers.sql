-- How often the server gave a widget's content to a page, by the hour. Rows of the same hour are added up.
-- Retention: as for the events, see 001_events.sql. Queries filter too.
CREATE TABLE IF NOT EXISTS $answers_table $on_cluster
(
    hour DateTime('UTC'),
    account LowCardinality(String),
    widget LowCardinality(String),
    answers UInt64
)
ENGINE = $answers_engine
PARTITION BY toDate(hour)
ORDER BY (account, widget, hour)
TTL toStartOfDay(hour) + INTERVAL 89 DAY + INTERVAL 23 HOUR DELETE
SETTINGS
    ttl_only_drop_parts = 1,
    merge_with_ttl_timeout = 600,
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    cleanup_delay_period = 5,                   -- see 007_old_parts_go_soon.sql
    max_cleanup_delay_period = 5,
    cleanup_delay_period_random_add = 1,
    non_replicated_deduplication_window = 1000  -- see 003_inserts_once.sql
