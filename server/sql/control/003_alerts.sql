-- Rules, what is known of each at the last judgement, incidents, and the messages that wait or were sent.

CREATE TABLE alerts
(
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
    widget TEXT,                                        -- null: each widget of the account, by itself
    metric TEXT NOT NULL,
    code TEXT,                                          -- of the metric `code`
    against TEXT,                                       -- `limit` or `usual`; null for metrics without a bound
    bound REAL,                                         -- in the metric's unit; against `usual` a factor
    min_page_views INTEGER NOT NULL,
    webhook TEXT,
    webhook_secret TEXT,                                -- signs the messages, so it cannot be a hash
    emails TEXT NOT NULL,                               -- a JSON array
    muted_until TEXT,
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX alerts_of_account ON alerts (account);

-- The end of the last time span that was judged, for each length of span.
CREATE TABLE alert_spans
(
    alert TEXT NOT NULL REFERENCES alerts ON DELETE CASCADE,
    span TEXT NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (alert, span)
) STRICT;

-- How many spans in a row had the same verdict, up to `until`.
CREATE TABLE alert_streaks
(
    alert TEXT NOT NULL REFERENCES alerts ON DELETE CASCADE,
    widget TEXT NOT NULL,
    span TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('bad', 'good')),
    count INTEGER NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (alert, widget, span)
) STRICT;

-- One row from the message that something is wrong to the message that it is right again. Outlives its rule.
CREATE TABLE alert_incidents
(
    id INTEGER PRIMARY KEY AUTOINCREMENT,               -- never used again: readers page by it
    alert TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
    widget TEXT NOT NULL,
    rule TEXT NOT NULL,                                 -- the rule in words, as it was then
    span TEXT NOT NULL,                                 -- the length of span whose verdict opened it
    text TEXT NOT NULL,                                 -- what was measured, in words
    figures TEXT NOT NULL,                              -- the same as JSON
    opened_at TEXT NOT NULL,
    judged_at TEXT NOT NULL,                            -- the last time that there was enough to judge by
    notified INTEGER NOT NULL DEFAULT 0,                -- 0 while its rule is muted
    resolved_at TEXT,
    resolution TEXT NOT NULL DEFAULT ''                 -- in words
) STRICT;

CREATE UNIQUE INDEX alert_incidents_open ON alert_incidents (alert, widget) WHERE resolved_at IS NULL;
CREATE INDEX alert_incidents_of_account ON alert_incidents (account, id);

-- Written in the transaction of its cause, and sent after it: at least once, always under the same id.
CREATE TABLE alert_messages
(
    number INTEGER PRIMARY KEY AUTOINCREMENT,           -- the order of sending
    id TEXT NOT NULL UNIQUE,                            -- receivers drop a repeated id
    alert TEXT NOT NULL REFERENCES alerts ON DELETE CASCADE,
    incident INTEGER REFERENCES alert_incidents ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('fired', 'resolved', 'test', 'report')),
    channel TEXT NOT NULL CHECK (channel IN ('webhook', 'email')),
    target TEXT NOT NULL,
    body TEXT NOT NULL,                                 -- JSON
    created_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at TEXT,                                       -- null once it was sent or given up
    sent_at TEXT,
    problem TEXT NOT NULL DEFAULT ''                    -- why the last attempt failed, in words
) STRICT;

CREATE INDEX alert_messages_waiting ON alert_messages (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX alert_messages_of_incident ON alert_messages (incident);

-- When this server was there to take batches. A widget is not silent if nobody listened.
CREATE TABLE alert_watch
(
    id INTEGER PRIMARY KEY,
    start_at TEXT NOT NULL,
    end_at TEXT NOT NULL
) STRICT;
