-- How often the engine looks for old parts to delete. By default that becomes 5 minutes when there is little to do, and
-- whoever erases rows would wait for it: see store/erasure.py.
ALTER TABLE $events_table $on_cluster MODIFY SETTING
    cleanup_delay_period = 5,
    max_cleanup_delay_period = 5,
    cleanup_delay_period_random_add = 1
