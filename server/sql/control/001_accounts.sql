-- Times are ISO 8601 in UTC with milliseconds, so sorting their texts sorts them by time.

CREATE TABLE accounts
(
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('off', 'sampled', 'opt-in')),
    rate REAL NOT NULL CHECK (rate > 0 AND rate <= 1),  -- a fraction of page views
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE widgets
(
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts,
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX widgets_of_account ON widgets (account);

CREATE TABLE tokens
(
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL,                                 -- SHA-256 of the whole text, which is not stored
    scope TEXT NOT NULL CHECK (scope IN ('operator', 'owner', 'viewer')),
    account TEXT REFERENCES accounts,
    label TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT,
    CHECK ((scope = 'operator') = (account IS NULL))
) STRICT;

-- Who changed what, and when. Old rows are deleted: see control/upkeep.py.
CREATE TABLE audit
(
    id INTEGER PRIMARY KEY AUTOINCREMENT,               -- never used again: readers page by it
    at TEXT NOT NULL,
    actor TEXT NOT NULL,                                -- a token's label and id, or `command line`
    account TEXT REFERENCES accounts,                   -- null if the change is not about one account
    action TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_of_account ON audit (account, id);
