-- Read the edges inside a set of records.
SELECT left_id, right_id, weight, outcome, vetoes, cardinality(levels) = 0 AS declared
FROM edge
WHERE left_id = ANY (CAST(:ids AS bigint[])) AND right_id = ANY (CAST(:ids AS bigint[]))
