-- Count the links each of these records has ever had.
SELECT record_id, max(link_no) AS link_no
FROM crosswalk
WHERE record_id = ANY (CAST(:ids AS bigint[]))
GROUP BY record_id
