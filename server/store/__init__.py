"""The events in ClickHouse, embedded or a cluster: one client, the SQL of `sql/`, and their 90 days."""
