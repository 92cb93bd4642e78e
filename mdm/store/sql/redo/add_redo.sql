-- Have records done again: once for all reasons, as soon and as deep as any of them asks.
INSERT INTO redo AS d (record_id, reasons, due_at, created_at, origin)
SELECT record_id, ARRAY[reason], due_at, :now, origin
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (record_id bigint, reason text, due_at timestamptz, origin jsonb)
ORDER BY record_id
ON CONFLICT (record_id) DO UPDATE
SET due_at = least(d.due_at, excluded.due_at),
    reasons = CASE WHEN excluded.reasons <@ d.reasons THEN d.reasons ELSE d.reasons || excluded.reasons END,
    origin = CASE WHEN excluded.due_at < d.due_at THEN excluded.origin ELSE d.origin END
