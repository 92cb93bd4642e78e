-- Note masters that must be announced anew, and which of their versions said something else before.
INSERT INTO restoration AS r (master_id, lost_from, lost_until, found_at)
SELECT master_id, lost_from, lost_until, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (master_id uuid, lost_from int, lost_until int)
ON CONFLICT (master_id) WHERE announced_at IS NULL DO UPDATE
SET lost_from = least(r.lost_from, excluded.lost_from), lost_until = greatest(r.lost_until, excluded.lost_until)
