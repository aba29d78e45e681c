-- The engine keeps the text of the last statement that erased rows, which names what was erased; so this one is last.
ALTER TABLE $table $on_cluster DELETE WHERE 0 SETTINGS mutations_sync = 2
