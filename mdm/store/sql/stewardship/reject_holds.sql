-- Keep the pending values of a change request back for good; that they waited until then is kept.
WITH former AS (
    INSERT INTO hold (master_id, attribute, std, approved, record, valid, state, request_id, created_at, since, ended_at,
                      former_of)
    SELECT master_id, attribute, std, approved, record, valid, state, request_id, created_at, since, :now, id
    FROM hold
    WHERE request_id = :id AND state = 'pending' AND ended_at IS NULL
)
UPDATE hold
SET state = 'rejected', since = :now
WHERE request_id = :id AND state = 'pending' AND ended_at IS NULL
