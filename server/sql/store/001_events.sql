-- One row for each load, for each error code of a batch, and for each layout that a visitor interacted with.
-- Each row stands for `count * weight` events of all page views.
--
-- Retention: a part holds one UTC day and is dropped as a whole, which costs nothing. The day expires one hour before
-- its first row is 90 days old, because the engine looks for expired parts every ten minutes only. Queries filter too.
CREATE TABLE IF NOT EXISTS $events_table $on_cluster
(
    ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),  -- the server's time of the commit; pages send no times
    account LowCardinality(String),
    kind Enum8('load' = 1, 'error' = 2, 'interaction' = 3),
    widget LowCardinality(String),
    version LowCardinality(String),
    layout LowCardinality(String),                  -- for a load or an interaction, else empty
    code LowCardinality(String),                    -- for an error, else empty
    load_ms UInt32 CODEC(ZSTD(1)),                  -- for a load, else 0
    count UInt32 CODEC(ZSTD(1)),                    -- 1 for a load
    rate Float64 CODEC(ZSTD(1)),                    -- the sampling rate, a fraction of page views
    weight Float64 ALIAS 1 / rate
)
ENGINE = $events_engine
PARTITION BY toDate(ts)
ORDER BY (account, kind, widget, ts)
TTL toStartOfDay(ts) + INTERVAL 89 DAY + INTERVAL 23 HOUR DELETE
SETTINGS
    ttl_only_drop_parts = 1,
    merge_with_ttl_timeout = 600,
    fsync_after_insert = 1,
    fsync_part_directory = 1
