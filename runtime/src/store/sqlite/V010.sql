-- Since when a message waits is no more its date, which moves as long as nothing was tried. Of what was written before, the date is the best that is known.
ALTER TABLE outbox ADD COLUMN held_since INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET held_since = queued_at;
