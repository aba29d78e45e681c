-- What each row knows of its page, which is its batch: the events and rows of its kind, of its kind and widget, and of
-- its kind and layout or code. They make variances those of page views. Zero stands for a row that is alone. Rows of
-- before have zeros, so each counts as a page of its own.
ALTER TABLE $events_table $on_cluster
    ADD COLUMN IF NOT EXISTS page_count UInt32 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS page_rows UInt16 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS page_widget_count UInt32 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS page_widget_rows UInt16 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS page_name_count UInt32 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS page_name_rows UInt16 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS page_loads UInt8 CODEC(ZSTD(1))  -- of an error: 1 if its page has a load, 2 if its widget
