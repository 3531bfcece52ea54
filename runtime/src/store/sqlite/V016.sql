-- For which value each journey is, where somebody may be in a workflow for several at once: as the event said it that let them in.
CREATE TABLE journey_value (
    contact  INTEGER NOT NULL,
    workflow INTEGER NOT NULL,
    run      INTEGER NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (contact, workflow, run)
) STRICT, WITHOUT ROWID;
