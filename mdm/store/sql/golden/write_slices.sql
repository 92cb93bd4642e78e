-- Keep slices of golden records.
INSERT INTO golden_slice (master_id, valid, from_version, attributes, provenance)
SELECT master_id, tstzrange(valid_from, valid_to), from_version, attributes, provenance
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
     AS given (master_id uuid, valid_from timestamptz, valid_to timestamptz, from_version int, attributes jsonb,
               provenance jsonb)
