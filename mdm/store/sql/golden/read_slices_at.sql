-- Read the timeline of one version of a master.
SELECT lower(valid) AS valid_from, upper(valid) AS valid_to, from_version, attributes, provenance
FROM golden_slice
WHERE master_id = :id AND int4range(from_version, until_version) @> CAST(:version AS int)
ORDER BY lower(valid) NULLS FIRST
