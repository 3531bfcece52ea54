-- What waits to leave is read from a place on, not whole.
DROP INDEX outbox_unsettled;

-- Serves: the rows that wait for their instant, in the order in which they are due; how many there are.
CREATE INDEX outbox_queued ON outbox (due_at, id) WHERE state = 0;

-- Serves: the rows that are claimed or promised, by id; how many there are.
CREATE INDEX outbox_on_its_way ON outbox (id) WHERE state IN (1, 6);
