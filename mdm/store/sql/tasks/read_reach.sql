-- Count the live source records of masters.
SELECT c.master_id, count(*) AS records
FROM crosswalk c
WHERE c.until_version IS NULL AND c.master_id = ANY (CAST(:ids AS uuid[]))
GROUP BY c.master_id
