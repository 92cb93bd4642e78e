-- Read every slice masters ever had, in time order.
SELECT master_id, lower(valid) AS valid_from, upper(valid) AS valid_to, from_version, until_version, attributes,
       provenance
FROM golden_slice
WHERE master_id = ANY (CAST(:ids AS uuid[]))
ORDER BY master_id, lower(valid) NULLS FIRST
