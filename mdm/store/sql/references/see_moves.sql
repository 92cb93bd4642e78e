-- Note when moves were seen first: they are committed, so whatever transaction begins after this knows of them.
UPDATE reference_move SET seen_at = clock_timestamp()
WHERE id IN (SELECT id FROM reference_move WHERE seen_at IS NULL FOR UPDATE SKIP LOCKED)
