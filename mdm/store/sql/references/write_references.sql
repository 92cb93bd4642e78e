-- Keep what records refer to, and where it led when it was looked up.
INSERT INTO record_reference (record_id, attribute, source, key, domain, master_id)
SELECT record_id, attribute, source, key, domain, master_id
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (record_id bigint, attribute text, source text, key text, domain text, master_id uuid)
