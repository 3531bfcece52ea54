-- What lies in the tail (contact_tail, key_tail, message_tail), summed up in one number (runtime/src/store/sqlite/tail/sum.rs), in the row that each
-- batch writes anyway: whoever opens a store sees whether a record was changed, taken out or put in. NULL where nobody has summed it up yet.
ALTER TABLE slot ADD COLUMN tail_sum INTEGER;
