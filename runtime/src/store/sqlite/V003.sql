-- A send suspends its journey until its answer is there: the outbox row that the journey waits for.
ALTER TABLE journey ADD COLUMN outbox INTEGER;

-- Rows that are still to leave are kept in memory by whoever runs the store, and read once, at start.
DROP INDEX outbox_queued;
DROP INDEX outbox_claimed;

-- Serves: the rows that are still to leave (queued, claimed, promised), by id.
CREATE INDEX outbox_unsettled ON outbox (id) WHERE state IN (0, 1, 6);
