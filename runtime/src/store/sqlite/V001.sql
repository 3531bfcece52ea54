-- The tables of a Flow store. Instants are milliseconds since the epoch, UTC. Codes are numbered in runtime/src/store/record.rs.

-- One packed frame a contact; contact_view shows it in the schema's words. The program's text fields are columns of their own,
-- `text_` and the field's name, added when a program first names them and never dropped. next_at has no index: the due queue lives
-- in memory and is rebuilt from this table once, at start. It stands before the frame so that this never reads overflow pages.
CREATE TABLE contact (
    id      INTEGER PRIMARY KEY,
    next_at INTEGER,
    frame   BLOB NOT NULL
) STRICT;

-- What finds a contact: `user:u-17`, `email:a@b.example`.
CREATE TABLE contact_key (
    key     TEXT PRIMARY KEY,
    contact INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The journeys of one contact lie side by side: loading them is one short range.
CREATE TABLE journey (
    contact    INTEGER NOT NULL,
    workflow   INTEGER NOT NULL,
    run        INTEGER NOT NULL,
    keep       INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    block      INTEGER NOT NULL,
    step       INTEGER NOT NULL,
    visit      INTEGER NOT NULL,
    due_at     INTEGER,
    entered_at INTEGER NOT NULL,
    ended_at   INTEGER,
    memory     BLOB NOT NULL,
    PRIMARY KEY (contact, workflow, run)
) STRICT, WITHOUT ROWID;

-- The log: events in the order of their arrival.
CREATE TABLE event (
    id          INTEGER PRIMARY KEY,
    contact     INTEGER NOT NULL,
    message     BLOB NOT NULL,
    name        TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    properties  TEXT NOT NULL
) STRICT;

-- Serves: has this message arrived (known_messages); and refuses a second arrival.
CREATE UNIQUE INDEX event_message ON event (message);

-- A key is unique for ever, so an effect cannot be queued twice.
CREATE TABLE outbox (
    id        INTEGER PRIMARY KEY,
    key       TEXT NOT NULL UNIQUE,
    kind      INTEGER NOT NULL,
    contact   INTEGER NOT NULL,
    workflow  INTEGER NOT NULL,
    run       INTEGER NOT NULL,
    step      INTEGER NOT NULL,
    email     INTEGER NOT NULL,
    payload   TEXT NOT NULL,
    state     INTEGER NOT NULL,
    attempts  INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    due_at    INTEGER NOT NULL,
    detail    TEXT NOT NULL
) STRICT;

-- Serves: what leaves next (queued, next_queued_at), by (due_at, id). Holds waiting rows only.
CREATE INDEX outbox_queued ON outbox (due_at) WHERE state = 0;

-- Serves: what a crash left half sent (claimed), by id. Nearly always empty.
CREATE INDEX outbox_claimed ON outbox (state) WHERE state = 1;

CREATE TABLE handoff (
    key         TEXT PRIMARY KEY,
    contact     INTEGER NOT NULL,
    workflow    INTEGER NOT NULL,
    run         INTEGER NOT NULL,
    team        TEXT NOT NULL,
    member      TEXT NOT NULL,
    note        TEXT NOT NULL,
    task        TEXT,
    task_due_at INTEGER,
    at          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Why things happened, only ever appended to: an index by contact would dirty one more page a step. `trace` is 64-bit words,
-- little-endian.
CREATE TABLE decision (
    id       INTEGER PRIMARY KEY,
    contact  INTEGER NOT NULL,
    workflow INTEGER,
    run      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    code     INTEGER NOT NULL,
    step     INTEGER,
    reason   INTEGER NOT NULL,
    trace    BLOB NOT NULL
) STRICT;

-- How often each decision was made, kept up with every batch so that nobody counts years of records. -1 stands for none.
CREATE TABLE decision_total (
    workflow INTEGER NOT NULL,
    code     INTEGER NOT NULL,
    step     INTEGER NOT NULL,
    reason   INTEGER NOT NULL,
    total    INTEGER NOT NULL,
    PRIMARY KEY (workflow, code, step, reason)
) STRICT, WITHOUT ROWID;

-- Small named values, such as the clock of a virtual run.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Running totals.
CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
