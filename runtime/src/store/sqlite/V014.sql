-- What frames are kept as differences to, in the pieces in which it grew, each from the byte at which it begins; `sum` is its digest
-- (runtime/src/store/frame.rs, runtime/src/store/sqlite/blank.rs). One at -1 says that contacts stand there as an earlier Flow wrote them: they are
-- packed anew once the program is known.
CREATE TABLE blank (
    place INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL,
    sum   INTEGER NOT NULL
) STRICT;
INSERT INTO blank (place, bytes, sum) SELECT -1, x'', 0 WHERE EXISTS (SELECT 1 FROM contact);
