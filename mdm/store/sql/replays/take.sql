-- Take the oldest replay that nobody works on.
UPDATE replay
SET state = 'running', started_at = coalesce(started_at, CAST(:now AS timestamptz)), taken_until = :until
WHERE id = (
    SELECT id
    FROM replay
    WHERE state IN ('queued', 'running') AND (taken_until IS NULL OR taken_until < CAST(:now AS timestamptz))
    ORDER BY id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING id, started_at = CAST(:now AS timestamptz) AS begun
