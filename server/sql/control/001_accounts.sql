-- Times are ISO 8601 in UTC with milliseconds, so that their texts sort as they do.

CREATE TABLE accounts
(
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('off', 'sampled', 'opt-in')),
    rate REAL NOT NULL CHECK (rate > 0 AND rate <= 1),  -- a fraction of visits
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
    hash BLOB NOT NULL,                                 -- SHA-256 of the whole text, which nobody keeps
    scope TEXT NOT NULL CHECK (scope IN ('operator', 'owner', 'viewer')),
    account TEXT REFERENCES accounts,
    label TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT,
    CHECK ((scope = 'operator') = (account IS NULL))
) STRICT;

-- Who changed what, and when. Rows are deleted after 90 days.
CREATE TABLE audit
(
    id INTEGER PRIMARY KEY AUTOINCREMENT,               -- never given twice: it is what a reader pages by
    at TEXT NOT NULL,
    actor TEXT NOT NULL,                                -- a token's label and id, or `command line`
    account TEXT REFERENCES accounts,                   -- null for what concerns no single one
    action TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_of_account ON audit (account, id);
