-- One row for each load, for each error code of a batch, and for each layout somebody interacted with.
-- Each row stands for `count * weight` events of all visits.
--
-- Retention: parts hold one UTC day and are dropped whole, which costs nothing. A day is dropped before its first
-- row is 90 days old, with an hour for the engine, which looks every ten minutes, to get to it. Queries filter too.
CREATE TABLE IF NOT EXISTS $events_table $on_cluster
(
    ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),  -- the server's clock at the commit; no page sends a time
    account LowCardinality(String),
    kind Enum8('load' = 1, 'error' = 2, 'interaction' = 3),
    widget LowCardinality(String),
    version LowCardinality(String),
    layout LowCardinality(String),                  -- of a load or an interaction, else empty
    code LowCardinality(String),                    -- of an error, else empty
    load_ms UInt32 CODEC(ZSTD(1)),                  -- of a load, else 0
    count UInt32 CODEC(ZSTD(1)),                    -- 1 for a load
    rate Float64 CODEC(ZSTD(1)),                    -- the fraction of page loads that send at all
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
