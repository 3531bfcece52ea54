-- The views are made anew with every open, and SQLite takes no column away that one of them shows.
DROP VIEW IF EXISTS contact_view;
DROP VIEW IF EXISTS journey_view;
DROP VIEW IF EXISTS decision_view;
DROP VIEW IF EXISTS mail_view;
DROP VIEW IF EXISTS handoff_view;
DROP VIEW IF EXISTS stage_view;
DROP VIEW IF EXISTS score_view;

-- The texts of a contact, a JSON array, beside their row: a step changes that and no text, and what changes is small then.
CREATE TABLE contact_text (
    id    INTEGER PRIMARY KEY,
    texts TEXT NOT NULL
) STRICT;
INSERT INTO contact_text (id, texts) SELECT id, texts FROM contact;
ALTER TABLE contact DROP COLUMN texts;

-- What is packed beside each contact is written behind the batches: their tables follow, and until then the newest stands here. A record holds as many
-- people as fit into a page; `people` are their numbers as JSON, `bytes` what they are from then on, each behind a head of fixed width
-- (runtime/src/store/sqlite/tail/record.rs). contact_now and journey_view show both together.
CREATE TABLE contact_tail (
    place  INTEGER PRIMARY KEY,
    people TEXT NOT NULL,
    bytes  BLOB NOT NULL
) STRICT;

-- The same of keys, in their order: JSON, each with whose it is, or null where it is free again.
CREATE TABLE key_tail (
    place INTEGER PRIMARY KEY,
    keys  TEXT NOT NULL
) STRICT;

-- Up to which record of the log `message` knows every event of a slot: those behind it are known by the log alone.
CREATE TABLE message_tail (
    slot  INTEGER PRIMARY KEY,
    up_to INTEGER NOT NULL
) STRICT;
