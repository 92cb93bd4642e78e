-- Read the records that the masters had into which a master was merged, directly or through others, before it came:
-- each record's next link, from the version on at which it came, tells when.
WITH RECURSIVE path (id, survivor, version) AS (
    SELECT id, merged_into, version FROM master WHERE id = :id AND merged_into IS NOT NULL
    UNION
    SELECT m.id, m.merged_into, m.version
    FROM path
    JOIN master m ON m.id = path.survivor
    WHERE m.merged_into IS NOT NULL
), arrival AS (
    SELECT path.survivor, min(came.from_version) AS version
    FROM path
    JOIN crosswalk gone ON gone.master_id = path.id AND gone.until_version = path.version
    JOIN crosswalk came ON came.record_id = gone.record_id AND came.link_no = gone.link_no + 1
         AND came.master_id = path.survivor
    GROUP BY path.survivor
)
SELECT DISTINCT c.record_id
FROM arrival
JOIN crosswalk c ON c.master_id = arrival.survivor AND c.from_version < arrival.version
     AND (c.until_version IS NULL OR c.until_version > arrival.version)
