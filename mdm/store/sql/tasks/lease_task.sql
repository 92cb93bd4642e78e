-- Give somebody a task until an instant, unless it is closed, in somebody else's hands, or being taken at this moment.
UPDATE task SET leased_by = :by, leased_until = :until
WHERE id = (
    SELECT id FROM task
    WHERE id = :id AND closed_at IS NULL
      AND (leased_until IS NULL OR leased_until <= :now OR leased_by = :by)
    FOR UPDATE SKIP LOCKED
)
RETURNING id
