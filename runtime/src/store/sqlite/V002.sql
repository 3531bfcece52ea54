-- Two contacts that proved to be one (E11): whatever finds the first leads to the second. Its rows in the logs keep their number.
CREATE TABLE joined (
    contact INTEGER PRIMARY KEY,
    "into"  INTEGER NOT NULL
) STRICT;

-- Serves: who was joined into somebody who is joined in turn.
CREATE INDEX joined_into ON joined ("into");
