-- The version of the program under which a contact was last looked at: a new one looks at everybody once. Frames grow at their end, so a
-- frame of an earlier version is a beginning of today's.
ALTER TABLE contact ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
