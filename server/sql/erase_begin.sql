-- While rows are erased: new parts are synced to the disk, so old ones and the record of the statement may go at once.
ALTER TABLE $table $on_cluster MODIFY SETTING
    old_parts_lifetime = 0,
    finished_mutations_to_keep = 1,
    min_rows_to_fsync_after_merge = 1,
    min_compressed_bytes_to_fsync_after_merge = 1
