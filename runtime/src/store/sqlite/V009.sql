-- What is packed beside a frame has the times of the fields behind it (runtime/src/store/kept): an earlier Flow would take that for damage.
SELECT 1;
