"""A whole ClickHouse server on this machine, from an npm package with its library, for tests and the bench."""
