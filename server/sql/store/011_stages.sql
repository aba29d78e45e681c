-- The stages of Python's start that a load tells, in milliseconds from the script tag's execution; -1: not told.
-- `ready_ms` is 0 if no script tag waited for Python, and -1 if the page view ended before it was up. `has_stages` is 1 if
-- the page follows a table of fields that has them. Rows of before have 0, and say nothing about Python's start.
ALTER TABLE $events_table $on_cluster
    ADD COLUMN IF NOT EXISTS has_stages UInt8 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS content_ms Int32 DEFAULT -1 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS wanted_ms Int32 DEFAULT -1 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS ready_ms Int32 DEFAULT -1 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS report_ms Int32 DEFAULT -1 CODEC(ZSTD(1))
