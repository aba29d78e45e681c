-- The sampling rate of page views with an error, if it is higher than `rate`. 0: there is none.
ALTER TABLE accounts ADD COLUMN rate_on_error REAL NOT NULL DEFAULT 0 CHECK (rate_on_error >= 0 AND rate_on_error <= 1);
