-- A/B tests of one widget. At most one of a widget's experiments takes place at a time.

CREATE TABLE experiments
(
    id INTEGER PRIMARY KEY AUTOINCREMENT,               -- never used again: batches name it
    account TEXT NOT NULL REFERENCES accounts,
    widget TEXT NOT NULL,
    name TEXT NOT NULL,
    figure TEXT NOT NULL CHECK (figure IN ('interaction_rate', 'error_share', 'p50', 'p75')),
    variants TEXT NOT NULL,                             -- JSON: a list of {"share": 0.5, "design": {"layout": "list"}}
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,                              -- earlier than planned if it was stopped
    winner TEXT,                                        -- the letter of the variant that became the design
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX experiments_of_widget ON experiments (widget, starts_at);
CREATE INDEX experiments_of_account ON experiments (account, id);

-- The winners' options, on top of the design in the widget's content file.
CREATE TABLE designs
(
    widget TEXT PRIMARY KEY,
    design TEXT NOT NULL                                -- JSON, such as {"layout": "list"}
) STRICT;
