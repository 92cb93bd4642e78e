-- Delete some of the dead letters that were settled before an instant.
DELETE FROM dead_letter
WHERE id IN (
    SELECT id
    FROM dead_letter
    WHERE state <> 'open' AND decided_at < :before
    ORDER BY id
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
