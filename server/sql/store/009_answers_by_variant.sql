-- Content answers by the variant of an experiment that the page was given, such as e7-b; empty: none. It is part of the
-- key, because rows of the same key are added up.
ALTER TABLE $answers_table $on_cluster
    ADD COLUMN IF NOT EXISTS variant LowCardinality(String),
    MODIFY ORDER BY (account, widget, hour, variant)
