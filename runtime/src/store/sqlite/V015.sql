-- What teams said of people who were handed to them: each answer once of a handoff, which is named by its key. 1 is taken, 2 refused, 4 done.
CREATE TABLE handoff_answer (
    key    TEXT NOT NULL,
    answer INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (key, answer)
) STRICT, WITHOUT ROWID;
