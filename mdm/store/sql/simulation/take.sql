-- Take the oldest simulation that waits to be run.
UPDATE simulation
SET state = 'running', started_at = :now, seen_at = :now
WHERE id = (SELECT id FROM simulation WHERE state = 'queued' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
