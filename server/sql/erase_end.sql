ALTER TABLE $table $on_cluster RESET SETTING
    old_parts_lifetime,
    finished_mutations_to_keep,
    min_rows_to_fsync_after_merge,
    min_compressed_bytes_to_fsync_after_merge
