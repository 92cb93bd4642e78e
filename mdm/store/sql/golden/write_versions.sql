-- Keep announced versions.
INSERT INTO golden_version (master_id, version, recorded_at, evaluated_at, event_id, event_type, cause, release, status,
                            merged_into, approval)
SELECT master_id, version, recorded_at, evaluated_at, event_id, event_type, cause, :release, status, merged_into,
       nullif(approval, 'null')
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (master_id uuid, version int, recorded_at timestamptz, evaluated_at timestamptz, event_id uuid,
               event_type text, cause jsonb, status text, merged_into uuid, approval jsonb)
