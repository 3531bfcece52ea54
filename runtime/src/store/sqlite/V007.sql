-- The tables of a Flow store. Instants are milliseconds since the epoch, UTC. Codes are numbered in runtime/src/store/record.rs.

-- Where each slot stands after its last batch. A batch finds here the number that it expects, or writes nothing.
CREATE TABLE slot (
    slot         INTEGER PRIMARY KEY,
    number       INTEGER NOT NULL,
    clock        INTEGER NOT NULL,
    first_day    INTEGER NOT NULL,
    next_contact INTEGER NOT NULL,
    next_outbox  INTEGER NOT NULL,
    next_record  INTEGER NOT NULL
) STRICT;

-- How far each stream of input was read, in its reader's own words.
CREATE TABLE stream_place (
    slot   INTEGER NOT NULL,
    stream TEXT NOT NULL,
    place  BLOB NOT NULL,
    PRIMARY KEY (slot, stream)
) STRICT, WITHOUT ROWID;

-- What those keep who are no contacts and have a serial order of their own, such as whose turn it is in a team.
CREATE TABLE actor (
    slot  INTEGER NOT NULL,
    kind  INTEGER NOT NULL,
    name  TEXT NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (slot, kind, name)
) STRICT, WITHOUT ROWID;

-- What the store is, in one row.
CREATE TABLE charter (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    name TEXT,
    kind TEXT
) STRICT;

-- The programs that the store has run, whole. `recalling` are the facts that are still to be filled from the log, as JSON.
CREATE TABLE program (
    version   INTEGER PRIMARY KEY,
    hash      BLOB NOT NULL,
    recalling TEXT NOT NULL,
    text      BLOB NOT NULL
) STRICT;

-- One person whole. The frame is packed by the layout of a version of the program, and contact_view shows it in the schema's words; `kept`
-- holds the journeys that still matter and the entries that are held, and journey_view shows them (runtime/src/store/kept);
-- `texts` is a JSON array. next_at has no index: the due queue lives in memory and is rebuilt from this table once, at start. It stands
-- before the rest so that this never reads overflow pages. `newest` is their newest record in the log.
CREATE TABLE contact (
    id      INTEGER PRIMARY KEY,
    next_at INTEGER,
    layout  INTEGER NOT NULL,
    newest  INTEGER NOT NULL,
    frame   BLOB NOT NULL,
    kept    BLOB NOT NULL,
    texts   TEXT NOT NULL
) STRICT;

-- What finds a contact: `user:u-17`, `email:a@b.example`. The user id of a key that is one stands in a column for the views, since SQLite
-- looks people up by a column and not by `substr(key, 6)`.
CREATE TABLE contact_key (
    key     TEXT PRIMARY KEY,
    contact INTEGER NOT NULL,
    user_id TEXT GENERATED ALWAYS AS (CASE WHEN key >= 'user:' AND key < 'user;' THEN substr(key, 6) END) VIRTUAL
) STRICT, WITHOUT ROWID;

-- Serves: the user id beside a contact's number (the views). A person has one for ever, so it is written once.
CREATE INDEX contact_key_user ON contact_key (contact) WHERE user_id IS NOT NULL;

-- Two contacts that proved to be one (E11): whatever finds the first leads to the second. Its rows in the logs keep their number.
CREATE TABLE joined (
    contact INTEGER PRIMARY KEY,
    "into"  INTEGER NOT NULL
) STRICT;

-- Serves: who was joined into somebody who is joined in turn.
CREATE INDEX joined_into ON joined ("into");

-- Journeys that nobody asks for any more, written once, in the form of contact.kept.
CREATE TABLE journey_ended (
    contact  INTEGER NOT NULL,
    workflow INTEGER NOT NULL,
    run      INTEGER NOT NULL,
    kept     BLOB NOT NULL,
    PRIMARY KEY (contact, workflow, run)
) STRICT, WITHOUT ROWID;

-- Places in `kept`: SQLite counts by a table. 4,096 of them (runtime/src/store/kept).
CREATE TABLE place (
    place INTEGER PRIMARY KEY
) STRICT;
INSERT INTO place
    WITH RECURSIVE counted (place) AS (SELECT 0 UNION ALL SELECT place + 1 FROM counted WHERE place < 4095)
    SELECT place FROM counted;

-- The log: events in the order of their arrival. `previous` is the record before it of the same contact, an event or a decision.
CREATE TABLE event (
    id          INTEGER PRIMARY KEY,
    previous    INTEGER NOT NULL,
    contact     INTEGER NOT NULL,
    day         INTEGER NOT NULL,
    message     BLOB NOT NULL,
    name        TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    properties  TEXT NOT NULL
) STRICT;

-- Which messages have arrived, each in the day it says it happened on: those of one day lie together, so that a stream, which mostly comes
-- in order, dirties few pages; and a day is a range. A second arrival breaks the key.
CREATE TABLE message (
    day INTEGER NOT NULL,
    id  BLOB NOT NULL,
    PRIMARY KEY (day, id)
) STRICT, WITHOUT ROWID;

-- Messages on their way out.
CREATE TABLE outbox (
    id        INTEGER PRIMARY KEY,
    key       TEXT NOT NULL,
    kind      INTEGER NOT NULL,
    contact   INTEGER NOT NULL,
    workflow  INTEGER NOT NULL,
    run       INTEGER NOT NULL,
    step      INTEGER NOT NULL,
    email     INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    payload   TEXT NOT NULL,
    state     INTEGER NOT NULL,
    attempts  INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    due_at    INTEGER NOT NULL,
    detail    TEXT NOT NULL
) STRICT;

-- Serves: the rows that are still to leave (queued, claimed, promised), by id.
CREATE INDEX outbox_unsettled ON outbox (id) WHERE state IN (0, 1, 6);

CREATE TABLE handoff (
    id          INTEGER PRIMARY KEY,
    key         TEXT NOT NULL,
    contact     INTEGER NOT NULL,
    workflow    INTEGER NOT NULL,
    run         INTEGER NOT NULL,
    team        TEXT NOT NULL,
    member      TEXT NOT NULL,
    note        TEXT NOT NULL,
    task        TEXT,
    task_due_at INTEGER,
    at          INTEGER NOT NULL
) STRICT;

-- Why things happened, only ever appended to: an index by contact would dirty one more page a step. `previous` is the record before it of
-- the same contact, an event or a decision. `trace` is 64-bit words, little-endian.
CREATE TABLE decision (
    id       INTEGER PRIMARY KEY,
    previous INTEGER NOT NULL,
    contact  INTEGER NOT NULL,
    workflow INTEGER,
    version  INTEGER NOT NULL,
    run      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    code     INTEGER NOT NULL,
    step     INTEGER,
    about    INTEGER,
    reason   INTEGER NOT NULL,
    send     INTEGER,
    trace    BLOB NOT NULL
) STRICT;

-- Serves: what was done with a send, and when (mail_view).
CREATE INDEX decision_of_send ON decision (send, code) WHERE code = 31 OR code = 32 OR code = 33;

-- Whose stage changed, when and by what: the steps of a journey, or what is said of the person where there is none.
CREATE TABLE stage_change (
    id         INTEGER PRIMARY KEY,
    contact    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    from_stage INTEGER NOT NULL,
    to_stage   INTEGER NOT NULL,
    workflow   INTEGER,
    run        INTEGER
) STRICT;

-- The same of scores, in ten-thousandths.
CREATE TABLE score_change (
    id       INTEGER PRIMARY KEY,
    contact  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    change   INTEGER NOT NULL,
    score    INTEGER NOT NULL,
    workflow INTEGER,
    run      INTEGER
) STRICT;

-- Totals, kept up with every batch so that nobody counts years of records. Each slot adds to its own, and whoever asks adds them up. -1
-- stands for none, since a key may hold no NULL.

CREATE TABLE counter (
    slot  INTEGER NOT NULL,
    name  TEXT NOT NULL,
    total INTEGER NOT NULL,
    PRIMARY KEY (slot, name)
) STRICT, WITHOUT ROWID;

-- How often each decision was made, by day (since the epoch, UTC).
CREATE TABLE decision_day (
    slot     INTEGER NOT NULL,
    day      INTEGER NOT NULL,
    workflow INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    code     INTEGER NOT NULL,
    step     INTEGER NOT NULL,
    about    INTEGER NOT NULL,
    reason   INTEGER NOT NULL,
    total    INTEGER NOT NULL,
    PRIMARY KEY (slot, day, workflow, version, code, step, about, reason)
) STRICT, WITHOUT ROWID;

-- Journeys whose goal was met or which ended as converted, by the week in which they entered (weeks since the epoch, from Mondays, UTC) and by the whole days it took.
CREATE TABLE conversion_week (
    slot       INTEGER NOT NULL,
    workflow   INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    week       INTEGER NOT NULL,
    after_days INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    PRIMARY KEY (slot, workflow, version, week, after_days)
) STRICT, WITHOUT ROWID;

-- What was done with mails, each time, by day: opened, clicked (which link), answered; by a person or by what only a machine can have done.
CREATE TABLE engagement_day (
    slot       INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    email      INTEGER NOT NULL,
    code       INTEGER NOT NULL,
    link       TEXT NOT NULL,
    by_machine INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    PRIMARY KEY (slot, day, email, code, link, by_machine)
) STRICT, WITHOUT ROWID;

-- What the views for people call the program's parts and the reasons, written anew at every open. `of` is the workflow of a step, an
-- exit or an arm and the decision of a reason, else 0.
CREATE TABLE word (
    kind   INTEGER NOT NULL,
    of     INTEGER NOT NULL,
    number INTEGER NOT NULL,
    words  TEXT NOT NULL,
    PRIMARY KEY (kind, of, number)
) STRICT, WITHOUT ROWID;
