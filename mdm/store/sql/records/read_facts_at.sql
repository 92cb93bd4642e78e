-- Read all facts of records, and whether each was known to a version of a master at a recorded instant: the first version
-- that a delivery brought about knows of it, and those before do not; any other was known when it had been processed.
WITH named AS (
    SELECT CAST(d.id AS bigint) AS delivery_id, min(v.version) AS version
    FROM golden_version v
    CROSS JOIN LATERAL jsonb_array_elements_text(v.cause -> 'deliveries') AS d (id)
    WHERE v.master_id = :id AND v.cause ->> 'kind' = 'delivery'
    GROUP BY 1
)
SELECT f.record_id, f.delivery_id, f.version, f.source_time, f.received_at, f.operation, f.effective_from, f.replace,
       f.master_id, f.attributes, d.ended_at, d.state IN ('applied', 'late') AS applied,
       coalesce(named.version <= :version, d.ended_at <= CAST(:known_at AS timestamptz), false) AS known
FROM fact f
JOIN delivery d ON d.id = f.delivery_id
LEFT JOIN named ON named.delivery_id = f.delivery_id
WHERE f.record_id = ANY (CAST(:records AS bigint[]))
ORDER BY f.delivery_id
