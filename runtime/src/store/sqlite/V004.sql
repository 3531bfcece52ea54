-- What the views for people call the program's parts and the reasons, written anew at every open. `of` is the workflow of a step, an
-- exit or an arm and the decision of a reason, else 0.
CREATE TABLE word (
    kind   INTEGER NOT NULL,
    of     INTEGER NOT NULL,
    number INTEGER NOT NULL,
    words  TEXT NOT NULL,
    PRIMARY KEY (kind, of, number)
) STRICT, WITHOUT ROWID;

-- The user id of a key that is one, for the views: a column, since SQLite looks people up by a column and not by `substr(key, 6)`.
ALTER TABLE contact_key ADD COLUMN user_id TEXT
    GENERATED ALWAYS AS (CASE WHEN key >= 'user:' AND key < 'user;' THEN substr(key, 6) END) VIRTUAL;

-- An open, a click or a reply is told once for each journey and email (`step`), so that people are counted and not loads of a picture.
-- Serves: whether it was told; and when (mail_view).
CREATE UNIQUE INDEX decision_once ON decision (contact, workflow, run, code, step) WHERE code = 31 OR code = 32 OR code = 33;

-- Serves: the user id beside a contact's number (the views). A person has one for ever, so it is written once.
CREATE INDEX contact_key_user ON contact_key (contact) WHERE user_id IS NOT NULL;
