-- Take records that are due to be done again and that nobody else has, the longest due first; of :ids if they are given.
WITH due AS (
    SELECT record_id
    FROM redo
    WHERE due_at <= :now AND (CAST(:ids AS bigint[]) IS NULL OR record_id = ANY (CAST(:ids AS bigint[])))
    ORDER BY due_at, record_id
    LIMIT :size
    FOR UPDATE SKIP LOCKED
)
DELETE FROM redo d
USING due, source_record r
WHERE d.record_id = due.record_id AND r.id = d.record_id
RETURNING d.record_id, d.reasons, d.depth, d.origin, r.domain, r.source, r.source_key
