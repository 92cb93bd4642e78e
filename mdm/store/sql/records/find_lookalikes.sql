-- Find the linked records that share a key with one that is not kept, or two where the key is hot; closest first.
WITH sharing AS MATERIALIZED (
    SELECT o.record_id, count(*) AS shared, min(given.records) AS rarest
    FROM unnest(CAST(:keys AS bigint[]), CAST(:records AS bigint[])) AS given (key, records)
    JOIN match_key o ON o.key = given.key
    GROUP BY o.record_id
    HAVING min(given.records) <= :hot OR count(*) > 1
    ORDER BY shared DESC, rarest, o.record_id
    LIMIT :most
)
SELECT r.id, r.source, r.source_key, r.comparable, c.master_id
FROM sharing s
JOIN crosswalk c ON c.record_id = s.record_id AND c.until_version IS NULL
JOIN source_record r ON r.id = s.record_id
