-- Keep a steward's decisions about pairs of records; a newer one takes the place of the one before.
INSERT INTO record_constraint (left_id, right_id, kind, evidence, reason, decided_by, decided_at)
SELECT left_id, right_id, kind, evidence, :reason, :by, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (left_id bigint, right_id bigint, kind text, evidence jsonb)
ON CONFLICT (left_id, right_id) DO UPDATE
SET kind = excluded.kind, evidence = excluded.evidence, reason = excluded.reason, decided_by = excluded.decided_by,
    decided_at = excluded.decided_at, changed = NULL
