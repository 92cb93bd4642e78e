-- Read what the slices of a master, of whatever version, say of some attributes.
SELECT lower(s.valid) AS valid_from, upper(s.valid) AS valid_to, s.from_version, s.until_version,
       (SELECT jsonb_object_agg(name, s.attributes -> name) FROM unnest(CAST(:names AS text[])) AS given (name)
        WHERE jsonb_exists(s.attributes, name)) AS attributes,
       (SELECT s.provenance -> name FROM unnest(CAST(:names AS text[])) AS given (name)
        WHERE jsonb_exists(s.provenance, name) LIMIT 1) AS origin
FROM golden_slice s
WHERE s.master_id = :id
