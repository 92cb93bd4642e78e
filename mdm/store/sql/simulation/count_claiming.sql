-- Count the records of masters that claim anything about some attributes.
SELECT count(*) AS records
FROM crosswalk c
JOIN source_record r ON r.id = c.record_id
WHERE c.until_version IS NULL AND c.master_id = ANY (CAST(:ids AS uuid[]))
  AND r.state -> 'claims' ?| CAST(:attributes AS text[])
