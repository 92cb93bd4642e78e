-- Have records done again; what is to be done earlier stays.
INSERT INTO redo AS d (record_id, reason, due_at, created_at, origin)
SELECT record_id, reason, due_at, :now, origin
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (record_id bigint, reason text, due_at timestamptz, origin jsonb)
ORDER BY record_id
ON CONFLICT (record_id) DO UPDATE
SET due_at = least(d.due_at, excluded.due_at),
    reason = CASE WHEN excluded.due_at < d.due_at THEN excluded.reason ELSE d.reason END,
    origin = CASE WHEN excluded.due_at < d.due_at THEN excluded.origin ELSE d.origin END
