ALTER TABLE $table $on_cluster DELETE WHERE $condition SETTINGS mutations_sync = 2
