-- Count the records of masters that claim anything about some attributes, or have ever told it.
SELECT count(*) AS records
FROM crosswalk c
JOIN source_record r ON r.id = c.record_id
WHERE c.until_version IS NULL AND c.master_id = ANY (CAST(:ids AS uuid[]))
  AND (
      r.state -> 'claims' ?| CAST(:attributes AS text[])
      OR EXISTS (SELECT FROM fact f WHERE f.record_id = r.id AND f.attributes ?| CAST(:attributes AS text[]))
  )
