-- Count the links each of these records has ever had, those included that were announced and are lost.
SELECT record_id, max(link_no) AS link_no
FROM (
    SELECT record_id, link_no FROM crosswalk WHERE record_id = ANY (CAST(:ids AS bigint[]))
    UNION ALL
    SELECT r.id, w.link_no
    FROM source_record r
    JOIN withdrawn_link w ON (w.domain, w.source, w.source_key) = (r.domain, r.source, r.source_key)
    WHERE r.id = ANY (CAST(:ids AS bigint[]))
) numbered
GROUP BY record_id
