-- Take a simulation that waits to be run: the oldest, or the one that is named.
UPDATE simulation
SET state = 'running', started_at = :now, seen_at = :now
WHERE id = (
    SELECT id FROM simulation
    WHERE state = 'queued' AND (CAST(:id AS uuid) IS NULL OR id = CAST(:id AS uuid))
    ORDER BY id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING id
