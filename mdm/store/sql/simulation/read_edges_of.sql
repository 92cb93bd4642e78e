-- Read the edges that records are part of.
SELECT e.left_id, e.right_id, e.weight, e.vetoes, cardinality(e.levels) = 0 AS declared
FROM unnest(CAST(:ids AS bigint[])) AS given (id)
CROSS JOIN LATERAL (SELECT * FROM edge WHERE left_id = given.id OFFSET 0) AS e
UNION
SELECT e.left_id, e.right_id, e.weight, e.vetoes, cardinality(e.levels) = 0
FROM unnest(CAST(:ids AS bigint[])) AS given (id)
CROSS JOIN LATERAL (SELECT * FROM edge WHERE right_id = given.id OFFSET 0) AS e
