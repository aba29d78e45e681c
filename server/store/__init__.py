"""The events in ClickHouse, embedded or a cluster, with the same client and the SQL files of `sql/`."""
