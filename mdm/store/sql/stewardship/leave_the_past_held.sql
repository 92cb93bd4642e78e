-- Keep the values of a change request back until now, for good: they count from their approval on. The shape that the
-- holds had is kept.
WITH past AS (
    SELECT id FROM hold
    WHERE request_id = :id AND state = 'pending' AND ended_at IS NULL AND (lower_inf(valid) OR lower(valid) < :now)
), former AS (
    INSERT INTO hold (master_id, attribute, std, approved, record, valid, state, request_id, created_at, since, ended_at,
                      former_of)
    SELECT master_id, attribute, std, approved, record, valid, state, request_id, created_at, since, :now, id
    FROM hold
    WHERE id IN (SELECT id FROM past)
)
UPDATE hold
SET valid = tstzrange(lower(valid), least(upper(valid), :now)), state = 'past', since = :now
WHERE id IN (SELECT id FROM past)
