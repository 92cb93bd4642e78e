-- Keep what golden records refer to, from when it was recorded.
INSERT INTO golden_reference (master_id, attribute, target_id, upward, valid, known)
SELECT master_id, attribute, target_id, upward, tstzrange(valid_from, valid_to), tstzrange(recorded_at, NULL)
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (master_id uuid, attribute text, target_id uuid, upward boolean, valid_from timestamptz,
               valid_to timestamptz, recorded_at timestamptz)
