-- The same columns in the table over all nodes.
ALTER TABLE events $on_cluster
    ADD COLUMN IF NOT EXISTS page_count UInt32,
    ADD COLUMN IF NOT EXISTS page_rows UInt16,
    ADD COLUMN IF NOT EXISTS page_widget_count UInt32,
    ADD COLUMN IF NOT EXISTS page_widget_rows UInt16,
    ADD COLUMN IF NOT EXISTS page_name_count UInt32,
    ADD COLUMN IF NOT EXISTS page_name_rows UInt16,
    ADD COLUMN IF NOT EXISTS page_loads UInt8
