-- Read the slices of the newest version of masters, in time order.
SELECT id, master_id, lower(valid) AS valid_from, upper(valid) AS valid_to, from_version, attributes, provenance
FROM golden_slice
WHERE master_id = ANY (CAST(:ids AS uuid[])) AND until_version IS NULL
ORDER BY master_id, lower(valid) NULLS FIRST
