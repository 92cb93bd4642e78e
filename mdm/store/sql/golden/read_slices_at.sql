-- Read the timeline of one version of a master.
SELECT lower(valid) AS valid_from, upper(valid) AS valid_to, from_version, attributes, provenance
FROM golden_slice
WHERE master_id = :id AND from_version <= :version AND (until_version IS NULL OR until_version > :version)
ORDER BY lower(valid) NULLS FIRST
