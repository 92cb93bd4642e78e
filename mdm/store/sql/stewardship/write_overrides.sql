-- Pin values.
INSERT INTO override (id, master_id, attribute, value, std, valid, made_at, made_by, reason, expires_at, agreement,
                      review_at, request_id, since)
SELECT id, master_id, attribute, nullif(value, 'null'), nullif(std, 'null'), tstzrange(valid_from, valid_to), :now, :by,
       :reason, expires_at, agreement, review_at, request_id, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (id uuid, master_id uuid, attribute text, value jsonb, std jsonb, valid_from timestamptz,
               valid_to timestamptz, expires_at timestamptz, agreement text[], review_at timestamptz,
               request_id uuid)
