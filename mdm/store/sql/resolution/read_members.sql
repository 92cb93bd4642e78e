-- Read the records linked now to a master or, if it was merged, to the one it lives on in.
WITH RECURSIVE path (id) AS (
    SELECT CAST(:id AS uuid)
    UNION
    SELECT m.merged_into FROM path JOIN master m ON m.id = path.id WHERE m.merged_into IS NOT NULL
)
SELECT c.record_id FROM path JOIN crosswalk c ON c.master_id = path.id AND c.until_version IS NULL ORDER BY c.record_id
