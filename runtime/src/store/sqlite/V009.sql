-- What is packed beside a frame has the times of the fields behind it (kept.rs): an earlier Flow would take that for damage.
SELECT 1;
