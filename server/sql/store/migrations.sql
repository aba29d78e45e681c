-- The numbered files of this directory that have been run.
CREATE TABLE IF NOT EXISTS migrations $on_cluster
(
    number UInt16,
    name String,
    at DateTime('UTC') DEFAULT now()
)
ENGINE = $migrations_engine
ORDER BY number
