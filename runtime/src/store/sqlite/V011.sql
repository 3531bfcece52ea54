-- Whoever reads the log again is to see in it what was seen when it was written. Of what was written before it is not known.
ALTER TABLE event ADD COLUMN counts INTEGER NOT NULL DEFAULT 1;
