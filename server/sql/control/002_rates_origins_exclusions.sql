-- The sampling rates at which an account's pages may send: its setting's, and those declared for its own scripts.
-- A withdrawn rate still holds for the pages that began with it: see control/rates.py.
CREATE TABLE rates
(
    account TEXT NOT NULL REFERENCES accounts,
    rate REAL NOT NULL CHECK (rate > 0 AND rate <= 1),
    source TEXT NOT NULL CHECK (source IN ('setting', 'declared')),
    since TEXT NOT NULL,
    until TEXT                                          -- null while it holds
) STRICT;

CREATE INDEX rates_of_account ON rates (account, until);

INSERT INTO rates SELECT id, rate, 'setting', created_at, NULL FROM accounts WHERE mode != 'off';

-- The origins whose pages may show a widget and report to it. A widget without any is open to all origins.
CREATE TABLE origins
(
    widget TEXT NOT NULL REFERENCES widgets,
    origin TEXT NOT NULL,                               -- such as https://shop.example
    PRIMARY KEY (widget, origin)
) STRICT;

-- What an account's figures leave out. An empty column stands for all: all widgets, all versions, all times.
CREATE TABLE exclusions
(
    id INTEGER PRIMARY KEY AUTOINCREMENT,               -- never used again: an undone exclusion stays undone
    account TEXT NOT NULL REFERENCES accounts,
    widget TEXT,
    version TEXT,
    start TEXT,
    stop TEXT,                                          -- exclusive
    created_at TEXT NOT NULL,
    CHECK (widget IS NOT NULL OR version IS NOT NULL OR start IS NOT NULL),
    CHECK ((start IS NULL) = (stop IS NULL))
) STRICT;

CREATE INDEX exclusions_of_account ON exclusions (account);
