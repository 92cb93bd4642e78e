-- Find those of records of which nothing is known but what initial loads said.
SELECT f.record_id
FROM fact f
JOIN delivery d ON d.id = f.delivery_id
LEFT JOIN load l ON l.id = d.load_id
WHERE f.record_id = ANY (CAST(:ids AS bigint[]))
GROUP BY f.record_id
HAVING bool_and(coalesce(l.initial, false))
