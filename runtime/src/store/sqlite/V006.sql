-- Entries whose event came before its person's address, identity or a required field, and until when they wait for it (E4). One per
-- person and workflow; `triggers` says which of the entry's patterns matched.
CREATE TABLE held_entry (
    contact     INTEGER NOT NULL,
    workflow    INTEGER NOT NULL,
    triggers    INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    PRIMARY KEY (contact, workflow)
) STRICT, WITHOUT ROWID;
