-- Keep what deliveries said.
INSERT INTO fact (delivery_id, record_id, version, source_time, received_at, operation, effective_from, replace,
                  master_id, attributes, digest)
SELECT delivery_id, record_id, version, source_time, received_at, operation, effective_from, replace, master_id,
       attributes, digest
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (delivery_id bigint, record_id bigint, version bigint, source_time timestamptz, received_at timestamptz,
               operation text, effective_from timestamptz, replace boolean, master_id text, attributes jsonb,
               digest text)
