-- End an override, and go on with what is left of it before a date of valid time (null: nothing).
WITH ended AS (
    UPDATE override SET ended_at = :now, ended_by = :by WHERE id = :id AND ended_at IS NULL
    RETURNING master_id, attribute, value, std, valid * tstzrange(NULL, CAST(:since AS timestamptz)) AS left_over, made_at,
              made_by, reason, expires_at, agreement, review_at, request_id
)
INSERT INTO override (id, master_id, attribute, value, std, valid, made_at, made_by, reason, expires_at, agreement,
                      review_at, request_id, since)
SELECT :next_id, master_id, attribute, value, std, left_over, made_at, made_by, reason, expires_at, agreement, review_at,
       request_id, :now
FROM ended
WHERE CAST(:since AS timestamptz) IS NOT NULL AND NOT isempty(left_over)
