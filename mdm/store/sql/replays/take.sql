-- Take the oldest replay that nobody works on; one that is taken for very long was by a clock that was ahead.
UPDATE replay
SET state = 'running', started_at = coalesce(started_at, CAST(:now AS timestamptz)), taken_until = :until
WHERE id = (
    SELECT id
    FROM replay
    WHERE state IN ('queued', 'running')
      AND (
          taken_until IS NULL
          OR taken_until < CAST(:now AS timestamptz)
          OR taken_until > CAST(:until AS timestamptz) + (CAST(:until AS timestamptz) - CAST(:now AS timestamptz))
      )
    ORDER BY id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING id, started_at = CAST(:now AS timestamptz) AS begun
