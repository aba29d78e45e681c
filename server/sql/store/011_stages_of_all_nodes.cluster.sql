-- The same columns in the table over all nodes.
ALTER TABLE events $on_cluster
    ADD COLUMN IF NOT EXISTS has_stages UInt8,
    ADD COLUMN IF NOT EXISTS content_ms Int32 DEFAULT -1,
    ADD COLUMN IF NOT EXISTS wanted_ms Int32 DEFAULT -1,
    ADD COLUMN IF NOT EXISTS ready_ms Int32 DEFAULT -1,
    ADD COLUMN IF NOT EXISTS report_ms Int32 DEFAULT -1
