-- End the valid time of a hold and change its state; the shape it had is kept.
WITH former AS (
    INSERT INTO hold (master_id, attribute, std, approved, record, valid, state, request_id, created_at, since, ended_at,
                      former_of)
    SELECT master_id, attribute, std, approved, record, valid, state, request_id, created_at, since, :now, id
    FROM hold
    WHERE id = :id
)
UPDATE hold
SET valid = tstzrange(lower(valid), CAST(:valid_to AS timestamptz)), state = :state, since = :now
WHERE id = :id
