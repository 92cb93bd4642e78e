-- Let the records of a domain rest that are to be done again for its release alone, but for those in somebody's hands.
UPDATE redo d
SET due_at = :until
FROM (
    SELECT w.record_id
    FROM redo w
    JOIN source_record r ON r.id = w.record_id
    WHERE r.domain = :domain AND w.reasons <@ CAST(:reasons AS text[]) AND w.due_at < :until
    ORDER BY w.record_id
    FOR UPDATE OF w SKIP LOCKED
) AS waiting
WHERE d.record_id = waiting.record_id
