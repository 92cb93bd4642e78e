-- Keep values back, numbered in the order in which they are given.
INSERT INTO hold (master_id, attribute, std, approved, record, valid, state, request_id, created_at, since)
SELECT master_id, attribute, nullif(std, 'null'), nullif(approved, 'null'), nullif(record, 'null'),
       tstzrange(valid_from, valid_to), state, request_id, since, since
FROM ROWS FROM (jsonb_to_recordset(CAST(:rows AS jsonb))
     AS (master_id uuid, attribute text, std jsonb, approved jsonb, record jsonb, valid_from timestamptz,
               valid_to timestamptz, state text, request_id uuid, since timestamptz)) WITH ORDINALITY
     AS given (master_id, attribute, std, approved, record, valid_from, valid_to, state, request_id, since, place)
ORDER BY place
